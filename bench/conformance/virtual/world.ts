import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { nextWakeAtMs } from '@parley/engine/call/deadlines';
import { reduceCall } from '@parley/engine/call/reduce';
import type { CallSettings } from '@parley/engine/call/settings';
import { type CallState, initialCallState } from '@parley/engine/call/state';
import { Timetable } from './timetable.ts';

type WithoutTime<E> = E extends CallEvent ? Omit<E, 'atMs'> : never;
export type WorldEvent = WithoutTime<CallEvent>;

/** One call in virtual time: the engine's own reducer, and around it whatever obeys its commands. */
export class World {
  state: CallState;
  readonly #timetable = new Timetable();
  readonly #stages: ((command: CallCommand) => void)[] = [];
  readonly #watchers: (() => void)[] = [];
  #nowMs = 0;

  constructor(settings: CallSettings) {
    this.state = initialCallState(settings);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Called for every command. */
  addStage(obey: (command: CallCommand) => void): void {
    this.#stages.push(obey);
  }

  /** Called after every step of the reducer. */
  addWatcher(look: () => void): void {
    this.#watchers.push(look);
  }

  plan(afterMs: number, run: () => void): void {
    this.#timetable.plan(this.#nowMs + Math.max(0, afterMs), run);
  }

  /** An event of the world, now. */
  tell(event: WorldEvent): void {
    const { state, commands } = reduceCall(this.state, { ...event, atMs: this.#nowMs } as CallEvent);
    this.state = state;
    for (const look of this.#watchers) look();
    for (const command of commands) for (const obey of this.#stages) obey(command);
  }

  /** Goes on to what is next: a deadline of the reducer or something planned. False where nothing is to come. */
  advance(): boolean {
    const wakeAtMs = nextWakeAtMs(this.state);
    const plannedAtMs = this.#timetable.nextAtMs;
    if (wakeAtMs !== null && (plannedAtMs === null || wakeAtMs < plannedAtMs)) {
      this.#nowMs = Math.max(this.#nowMs, wakeAtMs);
      this.tell({ type: 'woke', data: {} });
      return true;
    }
    if (plannedAtMs === null) return false;
    this.#nowMs = plannedAtMs;
    this.#timetable.runNext();
    return true;
  }
}
