import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { nextWakeAtMs } from '@parley/engine/call/deadlines';
import { reduceCall } from '@parley/engine/call/reduce';
import type { CallSettings } from '@parley/engine/call/settings';
import { type CallState, initialCallState } from '@parley/engine/call/state';
import { Timetable } from './timetable.ts';

type WithoutTime<E> = E extends CallEvent ? Omit<E, 'atMs'> : never;
export type WorldEvent = WithoutTime<CallEvent>;

/** Goes on when `isMet`, or when `byMs` has come. */
export interface Wait {
  readonly isMet: () => boolean;
  readonly byMs: number;
}

/** A wait takes some hundred steps; one that takes so many never ends. */
const MOST_STEPS = 100_000;

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

  /** Lets time pass until the wait is over; returns whether it was met. */
  runUntil({ isMet, byMs }: Wait): boolean {
    // Somebody must look when the wait is over, even if nothing else happens then.
    this.plan(byMs - this.#nowMs, () => undefined);
    for (let steps = 0; !isMet() && this.#nowMs < byMs; steps++) {
      if (steps > MOST_STEPS) throw new Error(`a wait takes more than ${MOST_STEPS} steps: it never ends`);
      if (!this.#advance()) throw new Error('nothing is to come, and somebody waits');
    }
    return isMet();
  }

  /** Goes on to what is next: a deadline of the reducer or something planned. False where nothing is to come. */
  #advance(): boolean {
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
