import { participantIdSchema } from '@parley/contracts/ids';
import { AgentRecogniser } from './agent-recogniser.ts';
import { ONE_WAY_MS, type PlannedFault, type StageSpeeds } from './stage-speeds.ts';
import type { World } from './world.ts';

export const CALLER = participantIdSchema.parse('caller');

/** A sound at the caller's microphone, from now on. */
export interface Sound {
  readonly lengthMs: number;
  /** Spoken evenly over the length; none: a noise. */
  readonly words: readonly string[];
  /** The words are of no language that the recogniser knows. */
  readonly isForeign?: boolean;
}

/** A gate as the engine's: frames of 32 ms, held at the second, shut after 96 ms of silence. */
const FRAME_MS = 32;
const SHUT_AFTER_MS = 96;

/** The agent's side of the caller's sound: voice activity and a recogniser. */
export class AgentEar {
  readonly #world: World;
  readonly #speeds: StageSpeeds;
  readonly #isDeaf: boolean;
  readonly #recogniser: AgentRecogniser;
  #gate: { startedAtMs: number; soundUntilMs: number } | null = null;

  constructor(world: World, speeds: StageSpeeds, fault: PlannedFault | null, isDeaf: boolean) {
    this.#isDeaf = isDeaf;
    this.#world = world;
    this.#speeds = speeds;
    this.#recogniser = new AgentRecogniser({ world, speeds, fault, participantId: CALLER });
  }

  /** A word that has just ended in a sound that was told without words. */
  hearWord(text: string): void {
    if (this.#isDeaf) return;
    const endsAtMs = this.#world.nowMs + ONE_WAY_MS;
    this.#world.plan(ONE_WAY_MS, () => this.#recogniser.hearWord({ text, isForeign: false, endsAtMs }));
  }

  hear({ lengthMs, words, isForeign = false }: Sound): void {
    if (this.#isDeaf) return;
    const { nowMs } = this.#world;
    const fromMs = nowMs + ONE_WAY_MS;
    words.forEach((text, index) => {
      const endsAtMs = fromMs + (lengthMs * (index + 1)) / words.length;
      this.#world.plan(endsAtMs - nowMs, () => this.#recogniser.hearWord({ text, isForeign, endsAtMs }));
    });
    this.#world.plan(ONE_WAY_MS, () => this.#openGate(fromMs + lengthMs));
  }

  #openGate(untilMs: number): void {
    const { nowMs } = this.#world;
    if (this.#gate !== null) {
      this.#gate.soundUntilMs = Math.max(this.#gate.soundUntilMs, untilMs);
      return;
    }
    const firstFrameMs = this.#speeds.framePhaseMs + FRAME_MS;
    if (untilMs - nowMs < firstFrameMs) return;
    const gate = { startedAtMs: nowMs, soundUntilMs: untilMs };
    this.#gate = gate;
    this.#recogniser.gateOpens();
    const data = { participantId: CALLER, probability: 0.9, levelDb: -30 };
    this.#world.plan(firstFrameMs, () => this.#world.tell({ type: 'vadSpeechStarted', data }));
    this.#world.plan(firstFrameMs + FRAME_MS, () => {
      if (gate.soundUntilMs >= this.#world.nowMs) this.#world.tell({ type: 'vadHeld', data });
    });
    this.#world.plan(untilMs - nowMs + SHUT_AFTER_MS, () => this.#shutGate());
  }

  #shutGate(): void {
    const gate = this.#gate;
    if (gate === null) return;
    const waitMs = gate.soundUntilMs + SHUT_AFTER_MS - this.#world.nowMs;
    if (waitMs > 0) return this.#world.plan(waitMs, () => this.#shutGate());
    this.#gate = null;
    const lastSpeechAtMs = gate.soundUntilMs;
    this.#world.tell({
      type: 'vadSpeechEnded',
      data: {
        participantId: CALLER,
        probability: 0.1,
        levelDb: -60,
        lastSpeechAtMs,
        speechMs: lastSpeechAtMs - gate.startedAtMs,
      },
    });
    this.#recogniser.gateShuts();
  }
}
