import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../conformance/seeded-random.ts';
import { type CallLine, holdCall } from './hold-call.ts';

/** One second of a voice. */
const SENTENCE = { samples: new Int16Array(16_000), sampleRateHz: 16_000 };
const ANSWER_MS = 4_000;

/** A line whose time passes only as the caller spends it. The agent answers so late, and falls silent so late; null: never. */
function lineTo(agent: {
  readonly answersAfterMs: number | null;
  readonly stopsAfterMs: number | null;
}): CallLine {
  let nowMs = 0;
  let sounds: { onsetAtMs: number; offsetAtMs: number }[] = [];
  const after = (sinceMs: number) => sounds.filter(({ offsetAtMs }) => offsetAtMs > sinceMs);
  return {
    nowMs: () => nowMs,
    async say() {
      const firstSampleAtMs = nowMs;
      nowMs += 1_000;
      if (agent.stopsAfterMs !== null) {
        const stopAtMs = firstSampleAtMs + agent.stopsAfterMs;
        sounds = sounds.map((sound) => ({ ...sound, offsetAtMs: Math.min(sound.offsetAtMs, stopAtMs) }));
      }
      if (agent.answersAfterMs !== null) {
        const onsetAtMs = Math.max(nowMs, sounds.at(-1)?.offsetAtMs ?? 0) + agent.answersAfterMs;
        sounds.push({ onsetAtMs, offsetAtMs: onsetAtMs + ANSWER_MS });
      }
      return { firstSampleAtMs, lastSampleAtMs: nowMs, frameLatenessMs: [0] };
    },
    heardSince: after,
    async waitForSound({ sinceMs, timeoutMs }) {
      const [next] = after(sinceMs);
      if (next === undefined || next.onsetAtMs > nowMs + timeoutMs) {
        nowMs += timeoutMs;
        throw new Error('nothing was heard');
      }
      nowMs = Math.max(nowMs, next.onsetAtMs);
      return Math.max(sinceMs, next.onsetAtMs);
    },
    async waitForSilence(silenceMs, { sinceMs }) {
      const offsetAtMs = after(sinceMs).at(-1)?.offsetAtMs ?? sinceMs;
      nowMs = Math.max(nowMs, offsetAtMs + silenceMs);
      return offsetAtMs;
    },
    async delay(ms) {
      nowMs += ms;
    },
  };
}

const hold = (line: CallLine) =>
  holdCall({
    line,
    question: SENTENCE,
    interruption: SENTENCE,
    random: createSeededRandom(1),
    untilMs: 60_000,
  });

describe('a caller of the benchmark', () => {
  it('measures every answer, interrupts one of four, and measures that too', async () => {
    const held = await hold(lineTo({ answersAfterMs: 600, stopsAfterMs: 200 }));
    const { length } = held.voiceToVoiceMs;
    expect(length).toBeGreaterThan(6);
    expect(new Set(held.voiceToVoiceMs)).toEqual(new Set([600]));
    expect(held.bargeInStopMs).toHaveLength(Math.floor(length / 4));
    expect(new Set(held.bargeInStopMs)).toEqual(new Set([200]));
    expect(new Set(held.answerAfterBargeInMs)).toEqual(new Set([600]));
    expect(held.missed).toBe(0);
  });

  it('counts an answer that does not come', async () => {
    const held = await hold(lineTo({ answersAfterMs: null, stopsAfterMs: null }));
    expect(held).toMatchObject({ voiceToVoiceMs: [], bargeInStopMs: [] });
    expect(held.missed).toBeGreaterThan(3);
  });

  it('counts an agent that talks on through an interruption, and measures nothing of it', async () => {
    const held = await hold(lineTo({ answersAfterMs: 600, stopsAfterMs: null }));
    expect(held).toMatchObject({ bargeInStopMs: [], answerAfterBargeInMs: [] });
    expect(held.missed).toBeGreaterThan(0);
  });
});
