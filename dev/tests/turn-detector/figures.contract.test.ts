import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import type { EndOfTurn } from '@parley/agent/turn-detector/contract';
import { createSmartTurn } from '@parley/agent/turn-detector/smart-turn';
import { createTextEndOfTurn } from '@parley/agent/turn-detector/text';
import type { SaidTurn } from '@parley/agent/turn-detector/turn-detector.contract';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SENTENCES_INSIDE, SENTENCES_OUTSIDE } from '../recognition/sentences.ts';
import { brokenOff, wholeTurn } from './spoken-turns.ts';
import { fetchTestModel } from './test-model.ts';

/**
 * How well whole sentences are told from sentences that are broken off, by synthetic voices, and what a score costs.
 * `npm run test:long -- turn-detector/figures` says every sentence in every voice and measures times.
 */
const isLong = process.env.PARLEY_TEST_LONG === '1';
const never = new AbortController().signal;

/** For every sentence in every voice on a busy machine. */
const MOST_MS = 600_000;

const VOICES = isLong ? ['slt', 'rms', 'awb'] : ['rms'];
/** Silence in which the speech gate closes, and the first score is asked for. */
const GATE_CLOSES_AFTER_MS = 96;
const LEAST_WORDS = 5;
/** Every so manieth sentence in the short run. */
const EVERY = isLong ? 1 : 6;
const SENTENCES = [...SENTENCES_INSIDE, ...SENTENCES_OUTSIDE]
  .filter((sentence) => sentence.split(' ').length >= LEAST_WORDS)
  .filter((_, index) => index % EVERY === 0);

const model = await fetchTestModel();
const log = pino({ level: 'silent' });

/** Probabilities of turns that are over, and of turns that go on. */
interface Judged {
  readonly whole: readonly number[];
  readonly broken: readonly number[];
}

const turns: SaidTurn[] = [];
beforeAll(async () => {
  for (const voice of VOICES) {
    for (const sentence of SENTENCES) turns.push(await wholeTurn(sentence, voice));
  }
}, MOST_MS);

async function judge(detector: EndOfTurn, silenceMs = GATE_CLOSES_AFTER_MS): Promise<Judged> {
  const judged = { whole: [] as number[], broken: [] as number[] };
  for (const turn of turns) {
    judged.whole.push(await probabilityOf(detector, turn, silenceMs));
    judged.broken.push(await probabilityOf(detector, brokenOff(turn, 0.6), silenceMs));
  }
  return judged;
}

async function probabilityOf(detector: EndOfTurn, { samples, text }: SaidTurn, silenceMs: number) {
  const ear = detector.openEar({ language: 'en' });
  ear.push({ samples, isSpeech: true });
  ear.push({ samples: new Int16Array(16 * silenceMs), isSpeech: false });
  const score = await ear.score({ text, signal: never });
  return score.kind === 'scored' ? score.probability : Number.NaN;
}

/** The chance that of a whole and a broken turn the whole one has the higher score. */
function ranking({ whole, broken }: Judged): number {
  const wins = whole.flatMap((one) => broken.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

function describeJudged({ whole, broken }: Judged): string {
  const share = (values: readonly number[], holds: (value: number) => boolean) =>
    `${Math.round((100 * values.filter(holds).length) / values.length)} %`;
  const from70 = (value: number) => value >= 0.7;
  const to30 = (value: number) => value <= 0.3;
  return (
    `${whole.length} turns: whole >= 0.7 ${share(whole, from70)}, <= 0.3 ${share(whole, to30)}; ` +
    `broken off <= 0.3 ${share(broken, to30)}, >= 0.7 ${share(broken, from70)}`
  );
}

describe('whole sentences are told from broken ones', { timeout: MOST_MS }, () => {
  it('by their text', async () => {
    const judged = await judge(createTextEndOfTurn());
    console.info(`text: ranked rightly ${ranking(judged).toFixed(3)}; ${describeJudged(judged)}`);
    expect(ranking(judged)).toBeGreaterThan(0.6);
  });

  it('by Smart Turn', async ({ skip }) => {
    if (model.kind === 'missed') return skip(model.why);
    const detector = await createSmartTurn({ modelFile: model.path, clock: createVirtualClock(), log });
    for (const silenceMs of isLong ? [64, GATE_CLOSES_AFTER_MS, 200, 400] : [GATE_CLOSES_AFTER_MS]) {
      const judged = await judge(detector, silenceMs);
      const ranked = `ranked rightly ${ranking(judged).toFixed(3)}`;
      console.info(`Smart Turn after ${silenceMs} ms of silence: ${ranked}; ${describeJudged(judged)}`);
      if (silenceMs === GATE_CLOSES_AFTER_MS) expect(ranking(judged)).toBeGreaterThan(0.6);
    }
    await detector.close();
  });
});

describe.runIf(isLong && model.kind === 'here')('what a score costs', { timeout: MOST_MS }, async () => {
  const modelFile = model.kind === 'here' ? model.path : '';
  const detector = await createSmartTurn({ modelFile, clock: createVirtualClock(), log });
  afterAll(() => detector.close());

  it('in ms', async () => {
    const loadedInMs = await msOf(() => detector.warm());
    const ear = detector.openEar({ language: 'en' });
    const samples = turns[0]?.samples ?? new Int16Array(0);
    const seconds = 60;
    const soundMs = await msOf(async () => {
      for (let frame = 0; frame < (seconds * 16_000) / 512; frame++) {
        const start = (frame * 512) % (samples.length - 512);
        ear.push({ samples: samples.subarray(start, start + 512), isSpeech: true });
      }
    });
    const asked: number[] = [];
    const answered: number[] = [];
    for (let run = 0; run < 50; run++) {
      let score: Promise<unknown> = Promise.resolve();
      const askedMs = await msOf(async () => {
        score = ear.score({ text: '', signal: never });
      });
      asked.push(askedMs);
      answered.push(askedMs + (await msOf(() => score)));
    }
    console.info(
      `ms: load ${loadedInMs.toFixed(0)}; frames, a second of sound ${(soundMs / seconds).toFixed(2)}; ` +
        `asking ${median(asked).toFixed(2)}; question to answer p50 ${median(answered).toFixed(1)}, ` +
        `p95 ${percentile(answered, 0.95).toFixed(1)}`,
    );
  });
});

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

const median = (values: readonly number[]) => percentile(values, 0.5);

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
}
