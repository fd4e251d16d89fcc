import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { levelDb } from '../audio/frame.ts';
import { PreConnectError } from '../pre-connect/contract.ts';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { Stt, SttEvent } from '../stt/contract.ts';
import type { Vad } from '../vad/contract.ts';
import { openFirstWords } from './first-words.ts';

const RATE_HZ = 16_000;
const FRAME = 512;
const FRAME_MS = 32;
const VAD_PARAMS = { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 500 };
const samples = (ms: number) => (ms * RATE_HZ) / 1000;

/** What a microphone hears: silence, with noise in place of a voice between the given instants. */
function microphone(durationMs: number, spoken: readonly (readonly [fromMs: number, toMs: number])[]) {
  let state = 7;
  return Int16Array.from({ length: samples(durationMs) }, (_, at) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const isSpoken = spoken.some(([from, to]) => at >= samples(from) && at < samples(to));
    return isSpoken ? (state / 2 ** 31 - 1) * 9_000 : 0;
  });
}

/** Tells how long each utterance was, in ms; it stands for the words. */
function measuringStt(counts: { opened: number; answers: boolean }): Stt {
  return {
    provider: 'measuring',
    model: 'measuring-1',
    capabilities: {
      givesInterims: false,
      givesSpeechEvents: false,
      finalizeAfterSilenceMs: 200,
      mayGoDeaf: false,
    },
    async warm() {},
    open({ signal }) {
      counts.opened += 1;
      const events = createAsyncQueue<SttEvent>(100);
      let loudSamples = 0;
      signal.addEventListener('abort', () => events.end());
      return {
        push(frame) {
          for (const sample of frame.samples) if (sample !== 0) loudSamples += 1;
        },
        finalize() {
          if (!counts.answers) return;
          const text = `${Math.round((loudSamples * 1000) / RATE_HZ)}`;
          loudSamples = 0;
          events.push({
            type: 'final',
            text,
            outcome: 'words',
            words: [],
            wordCount: 1,
            answersFinalize: true,
          });
        },
        [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
      };
    },
    async close() {},
  };
}

const vad: Vad = {
  provider: 'loudness',
  openEar: () => ({ process: async (block) => (levelDb(block) > -40 ? 0.95 : 0.02), reset() {} }),
  async close() {},
};

/** `sound`: all that the microphone hears. The page keeps it up to `keptMs`; live sound begins at `liveMs`. */
function setUp(sound: Int16Array, { keptMs, liveMs }: { keptMs: number; liveMs: number }) {
  const clock = createVirtualClock();
  const counts = { opened: 0, answers: true };
  const passed: { readonly fromMs: number; readonly heardAtMs: number }[] = [];
  const heard: string[] = [];
  const decoded: { sound: Int16Array | PreConnectError } = { sound: sound.slice(0, samples(keptMs)) };
  const group = createTaskGroup();
  const words = openFirstWords({
    vad,
    stt: measuringStt(counts),
    language: 'en',
    vadParams: VAD_PARAMS,
    clock,
    decode: async () => {
      if (decoded.sound instanceof PreConnectError) throw decoded.sound;
      return decoded.sound;
    },
    pass: (block, heardAtMs) => passed.push({ fromMs: fromMsOf.get(block) ?? Number.NaN, heardAtMs }),
    onHeard: ({ text }) => heard.push(text),
    log: pino({ level: 'silent' }),
    spawn: group.spawn,
  });
  const fromMsOf = new Map<Int16Array, number>();
  let at = samples(liveMs);
  return {
    clock,
    words,
    passed,
    heard,
    counts,
    decoded,
    group,
    /** Lets live sound come for so long. */
    async live(ms: number) {
      for (let end = at + samples(ms); at + FRAME <= Math.min(end, sound.length); at += FRAME) {
        const block = sound.slice(at, at + FRAME);
        fromMsOf.set(block, (at * 1000) / RATE_HZ);
        words.take(block, clock.nowMs());
        await clock.advance(FRAME_MS);
      }
    },
    send() {
      const bytes = new Uint8Array(0);
      const kept = { mimeType: 'audio/webm', sampleRateHz: 48_000, channels: 1, bytes };
      words.tell({ kind: 'received', sound: kept, lastByteAtMs: clock.nowMs() });
    },
  };
}

describe('the first words', () => {
  it('are heard once where one sentence runs from the kept sound into the live one', async () => {
    const call = setUp(microphone(9_000, [[500, 3_000]]), { keptMs: 1_900, liveMs: 1_200 });
    call.words.tell({ kind: 'begun' });
    await call.live(800);
    call.send();
    await call.live(6_000);
    expect(call.heard).toHaveLength(1);
    // Noise has zeros too, and the border is found to half a millisecond.
    expect(Math.abs(Number(call.heard[0]) - 2_500)).toBeLessThan(5);
  });

  it('leave to the ear line all that comes after their last sentence, in order and without a hole', async () => {
    const call = setUp(
      microphone(9_000, [
        [500, 3_000],
        [5_000, 6_000],
      ]),
      { keptMs: 1_900, liveMs: 1_200 },
    );
    await call.live(800);
    call.send();
    await call.live(6_000);
    const [first] = call.passed;
    // A second of silence after the sentence is taken as its end.
    expect(first?.fromMs).toBeGreaterThan(3_900);
    expect(first?.fromMs).toBeLessThan(4_300);
    for (const [index, { fromMs }] of call.passed.entries())
      expect(fromMs).toBeCloseTo((first?.fromMs ?? 0) + index * FRAME_MS);
    expect(call.heard).toHaveLength(1);
  });

  it('are sentences where there are several, and hold back no live sound when they are over', async () => {
    const call = setUp(
      microphone(9_000, [
        [200, 1_000],
        [2_500, 3_000],
      ]),
      { keptMs: 5_000, liveMs: 4_400 },
    );
    await call.live(700);
    call.send();
    await call.live(600);
    expect(
      call.heard.map((text) =>
        text
          .split(' ')
          .map(Number)
          .map((ms) => Math.round(ms / 100)),
      ),
    ).toEqual([[8, 5]]);
    expect(call.passed[0]).toMatchObject({ fromMs: 4_400, heardAtMs: 0 });
  });

  it('are none where nobody spoke, and then no recogniser is opened', async () => {
    const call = setUp(microphone(6_000, []), { keptMs: 2_000, liveMs: 1_500 });
    await call.live(700);
    call.send();
    await call.live(1_000);
    expect(call.heard).toEqual([]);
    expect(call.counts.opened).toBe(0);
    expect(call.passed[0]?.fromMs).toBe(1_500);
  });

  it('are heard where no live sound comes at all', async () => {
    const call = setUp(microphone(3_000, [[500, 1_500]]), { keptMs: 1_500, liveMs: 3_000 });
    call.send();
    for (let ms = 0; ms < 5_000; ms += FRAME_MS) await call.clock.advance(FRAME_MS);
    expect(call.heard).toHaveLength(1);
  });
});

describe('without a buffer in time', () => {
  it('everything is passed on after 4 s where none begins, with the time at which it was heard', async () => {
    const call = setUp(microphone(9_000, []), { keptMs: 1_000, liveMs: 1_000 });
    await call.live(3_900);
    expect(call.passed).toEqual([]);
    await call.live(400);
    expect(call.passed[0]).toMatchObject({ fromMs: 1_000, heardAtMs: 0 });
    expect(call.passed.length).toBeGreaterThan(120);
  });

  it('everything is passed on after 8 s where it is not whole', async () => {
    const call = setUp(microphone(12_000, []), { keptMs: 1_000, liveMs: 1_000 });
    call.words.tell({ kind: 'begun' });
    await call.live(7_900);
    expect(call.passed).toEqual([]);
    await call.live(300);
    expect(call.passed[0]?.fromMs).toBe(1_000);
  });

  it('a late one is heard by itself, up to where the live sound began', async () => {
    const call = setUp(microphone(9_000, [[200, 1_400]]), { keptMs: 1_900, liveMs: 1_200 });
    await call.live(5_000);
    call.send();
    await call.live(500);
    expect(call.heard).toHaveLength(1);
    expect(Math.abs(Number(call.heard[0]) - 1_000)).toBeLessThan(5);
  });

  it('everything is passed on at once where it is refused or cannot be decoded', async () => {
    const refused = setUp(microphone(3_000, []), { keptMs: 1_000, liveMs: 1_000 });
    await refused.live(200);
    refused.words.tell({ kind: 'refused' });
    await refused.live(100);
    expect(refused.passed[0]?.fromMs).toBe(1_000);

    const broken = setUp(microphone(3_000, []), { keptMs: 1_000, liveMs: 1_000 });
    broken.decoded.sound = new PreConnectError('broken', 'no sound');
    await broken.live(200);
    broken.send();
    await broken.live(100);
    expect(broken.passed[0]?.fromMs).toBe(1_000);
    expect(broken.heard).toEqual([]);
  });

  it('wait for no recogniser once the call is over', async () => {
    const call = setUp(microphone(6_000, [[500, 1_000]]), { keptMs: 1_900, liveMs: 1_200 });
    call.counts.answers = false;
    call.words.tell({ kind: 'begun' });
    await call.live(800);
    call.send();
    await call.live(3_000);
    expect(call.counts.opened).toBe(1);
    call.words.close();
    await call.group.close();
    call.group.rethrow();
    expect(call.heard).toEqual([]);
  });

  it('nothing is left when it is closed', async () => {
    const call = setUp(microphone(3_000, []), { keptMs: 1_000, liveMs: 1_000 });
    await call.live(200);
    call.words.close();
    await call.group.close();
    await call.clock.advance(0);
    expect(call.clock.pendingTimers).toBe(0);
    expect(call.passed).toEqual([]);
  });
});
