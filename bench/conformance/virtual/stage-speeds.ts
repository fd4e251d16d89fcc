import type { SeededRandom } from '../seeded-random.ts';
import type { RangeMs } from '../talks/talk.ts';

/**
 * One way between mouth and ear through the room, in ms. Source: rtc-node to rtc-node through livekit-server on
 * loopback, p50 62.6, p95 63.2 (measured November 2026).
 */
export const ONE_WAY_MS = 62;

/** How quick a variant's people and stages are, in ms. */
export interface StageSpeeds {
  readonly callerMsPerWord: number;
  readonly agentMsPerWord: number;
  /** From the end of a word until a streaming recogniser tells it. */
  readonly interimLagMs: number;
  /** From the wish for a final until it comes. */
  readonly finalMs: number;
  readonly firstTextMs: number;
  readonly firstSoundMs: number;
  /** From a score's wish until it comes. Source: Smart Turn on one thread, 41 ms, and up to twice that under load. */
  readonly scoreMs: number;
  /** What has left the playout when it is told to be silent. */
  readonly tailMs: number;
  /** Where the first frame of the VAD begins within a sound. */
  readonly framePhaseMs: number;
  /** A streaming recogniser closes an utterance by itself after so much silence; null: never. */
  readonly ownFinalMs: number | null;
}

/** How quick model, voice and recogniser are. */
export type Providers =
  /** As the field's are, near and far. */
  | 'usual'
  /** So quick that the wait for silence decides when the answer comes, as a comparison of waits needs. */
  | 'quick';

/** Model, voice and recogniser, in ms. Sources of the usual ranges: vendors' and peers' published p50 and p95. */
const PROVIDERS: Readonly<Record<Providers, ProviderSpeeds>> = {
  usual: { firstTextMs: [40, 700], firstSoundMs: [60, 400], interimLagMs: [80, 350], finalMs: [10, 250] },
  quick: { firstTextMs: [20, 60], firstSoundMs: [20, 60], interimLagMs: [50, 100], finalMs: [10, 40] },
};

type ProviderSpeeds = Readonly<Record<'firstTextMs' | 'firstSoundMs' | 'interimLagMs' | 'finalMs', RangeMs>>;

/** The caller's pace is 140 to 220 words a minute. */
export function drawSpeeds(random: SeededRandom, providers: Providers): StageSpeeds {
  const { firstTextMs, firstSoundMs, interimLagMs, finalMs } = PROVIDERS[providers];
  return {
    callerMsPerWord: random.between(270, 430),
    agentMsPerWord: random.between(240, 340),
    interimLagMs: random.between(...interimLagMs),
    finalMs: random.between(...finalMs),
    firstTextMs: random.between(...firstTextMs),
    firstSoundMs: random.between(...firstSoundMs),
    scoreMs: random.between(20, 80),
    tailMs: random.between(10, 30),
    framePhaseMs: random.between(0, 32),
    ownFinalMs: random.next() < 0.5 ? null : random.between(500, 1_500),
  };
}

/** One thing that goes wrong once in a call. */
export type StageFault = 'llmSilent' | 'llmFails' | 'ttsFails' | 'noSound' | 'noFinal';
const STAGE_FAULTS = ['llmSilent', 'llmFails', 'ttsFails', 'noSound', 'noFinal'] as const;

export interface PlannedFault {
  readonly fault: StageFault;
  /** How often the stage works before, from 0. */
  readonly after: number;
}

const FAULTY_SHARE = 0.2;

export function drawFault(random: SeededRandom): PlannedFault | null {
  if (random.next() >= FAULTY_SHARE) return null;
  return { fault: random.pick(STAGE_FAULTS), after: Math.floor(random.between(0, 4)) };
}

/** Whether the n-th use of a stage, from 0, is the one that goes wrong. */
export function goesWrong(planned: PlannedFault | null, fault: StageFault, use: number): boolean {
  return planned?.fault === fault && planned.after === use;
}
