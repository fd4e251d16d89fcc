import type { AudioFrame } from '@parley/agent/audio/frame';
import type { SeededRandom } from '../conformance/seeded-random.ts';

/** A caller's side of a call. Instants are of one monotonic clock, in ms; waits reject when their time is over. */
export interface CallLine {
  nowMs(): number;
  say(sound: AudioFrame): Promise<{
    readonly firstSampleAtMs: number;
    readonly lastSampleAtMs: number;
    /** How much later than planned each frame was given to the track. */
    readonly frameLatenessMs: readonly number[];
  }>;
  /** Stretches of the agent's sound that end after `sinceMs`. */
  heardSince(sinceMs: number): readonly { readonly onsetAtMs: number; readonly offsetAtMs: number }[];
  waitForSound(options: { readonly sinceMs: number; readonly timeoutMs: number }): Promise<number>;
  waitForSilence(
    silenceMs: number,
    options: { readonly sinceMs: number; readonly timeoutMs: number },
  ): Promise<number>;
  delay(ms: number): Promise<void>;
}

/** What one caller measured at its own ear, in ms. */
export interface HeldCall {
  /** From the last sound of a question to the first of its answer. */
  readonly voiceToVoiceMs: readonly number[];
  /** From the first sound of an interruption to the last of the agent's. */
  readonly bargeInStopMs: readonly number[];
  /** From the last sound of an interruption to the first of its answer. */
  readonly answerAfterBargeInMs: readonly number[];
  /** Questions and interruptions that were not answered, or did not stop the agent, within `ANSWERS_WITHIN_MS`. */
  readonly missed: number;
  /** How late frames of the caller's own microphone were: a machine that is too small for its callers shows here. */
  readonly frameLatenessMs: readonly number[];
}

const ANSWERS_WITHIN_MS = 10_000;
/** An answer is over after this silence, in ms: longer than the pause between its sentences. */
const OVER_AFTER_MS = 800;
/** One turn of so many is interrupted. */
const INTERRUPTS_EVERY = 4;

/** Asks again and again until `untilMs`, and hears each answer out or interrupts it. The sounds have no silence around them. */
export async function holdCall(options: {
  readonly line: CallLine;
  readonly question: AudioFrame;
  readonly interruption: AudioFrame;
  readonly random: SeededRandom;
  readonly untilMs: number;
}): Promise<HeldCall> {
  const { line, question, interruption, random, untilMs } = options;
  const voiceToVoiceMs: number[] = [];
  const bargeInStopMs: number[] = [];
  const answerAfterBargeInMs: number[] = [];
  const frameLatenessMs: number[] = [];
  let missed = 0;

  const say = async (sound: AudioFrame) => {
    const said = await line.say(sound);
    frameLatenessMs.push(...said.frameLatenessMs);
    return said;
  };
  /** Null: nobody answered in time. */
  const answerTo = async (sinceMs: number): Promise<number | null> => {
    try {
      return await line.waitForSound({ sinceMs, timeoutMs: ANSWERS_WITHIN_MS });
    } catch {
      missed += 1;
      return null;
    }
  };
  const hearOut = async (sinceMs: number) => {
    // An answer that never ends is met as one that was not heard out: the next question is said into it.
    await line
      .waitForSilence(OVER_AFTER_MS, { sinceMs, timeoutMs: 3 * ANSWERS_WITHIN_MS })
      .catch(() => undefined);
    await line.delay(random.between(200, 1_000));
  };
  const interrupt = async () => {
    await line.delay(random.between(700, 2_000));
    const saidFromMs = line.nowMs();
    const said = await say(interruption);
    const over = line
      .heardSince(saidFromMs)
      .filter(({ onsetAtMs }) => onsetAtMs < said.lastSampleAtMs)
      .map(({ offsetAtMs }) => offsetAtMs);
    const stoppedAtMs = Math.max(...over);
    // One that had ended by itself was not interrupted.
    const wasSpeaking = stoppedAtMs > said.firstSampleAtMs;
    const hasStopped = wasSpeaking && stoppedAtMs < said.lastSampleAtMs;
    if (hasStopped) bargeInStopMs.push(stoppedAtMs - said.firstSampleAtMs);
    else if (wasSpeaking) missed += 1;
    const answeredAtMs = await answerTo(said.lastSampleAtMs);
    if (answeredAtMs === null) return;
    if (hasStopped) answerAfterBargeInMs.push(answeredAtMs - said.lastSampleAtMs);
    await hearOut(answeredAtMs);
  };

  for (let turn = 1; line.nowMs() < untilMs; turn++) {
    const said = await say(question);
    const answeredAtMs = await answerTo(said.lastSampleAtMs);
    if (answeredAtMs === null) continue;
    voiceToVoiceMs.push(answeredAtMs - said.lastSampleAtMs);
    if (turn % INTERRUPTS_EVERY === 0) await interrupt();
    else await hearOut(answeredAtMs);
  }
  return { voiceToVoiceMs, bargeInStopMs, answerAfterBargeInMs, missed, frameLatenessMs };
}
