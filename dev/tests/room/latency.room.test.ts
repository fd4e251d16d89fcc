import { type AudioFrame, levelDb } from '@parley/agent/audio/frame';
import { replyLatencySchema } from '@parley/contracts/call-record';
import { TOPIC } from '@parley/contracts/room-protocol';
import { afterAll, afterEach, beforeAll, expect, it, onTestFailed } from 'vitest';
import { SOUND_DB, WINDOW_MS } from '../../callers/heard-sound.ts';
import type { RoomCaller } from '../../callers/room-caller.ts';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { everybodyLeaves, greetedBy, until, WAIT } from './parley-call.ts';

const isLong = process.env.PARLEY_TEST_LONG === '1';
const QUESTIONS = ['What are your opening hours?', 'What are your prices?', 'Tell me a joke.'];
const ANSWERS = isLong ? 30 : 1;
/** How far the agent's figure may be from what the caller measured, in ms; a fault, not a slow machine, where it is ten times that. */
const AGREES_WITHIN_MS = isLong ? 60 : 600;

let parley: Parley;
let speaker: SentenceSpeaker;

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  parley = await startParley();
}, 120_000);

afterEach(everybodyLeaves, 30_000);

afterAll(async () => {
  await speaker?.close();
  await parley?.stop();
}, 30_000);

it(
  'tells the wait from mouth to ear that the caller itself measures',
  async () => {
    onTestFailed(() => console.info(parley.logs()));
    const caller = await greetedBy(parley, 'receptionist');
    const differences: number[] = [];
    for (let i = 0; i < ANSWERS; i++) {
      const { measuredMs, toldMs } = await ask(caller, QUESTIONS[i % QUESTIONS.length] ?? '');
      differences.push(toldMs - measuredMs);
      console.info(`measured ${measuredMs.toFixed(0)} ms, told ${toldMs} ms`);
    }
    const sorted = [...differences].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    console.info(
      `told less measured: p50 ${median.toFixed(0)} ms, from ${sorted[0]?.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)} ms`,
    );
    expect(Math.max(...differences.map(Math.abs))).toBeLessThan(AGREES_WITHIN_MS);
  },
  isLong ? 900_000 : 120_000,
);

/** Asks, and gives the wait for the answer: from the last sound that was said until the first that was heard. */
async function ask(caller: RoomCaller, question: string) {
  const sentence = await speaker.speak(question);
  const saidBefore = latencies(caller).size;
  const said = await caller.say(sentence);
  const lastSoundAtMs = said.lastSampleAtMs - quietTailMs(sentence);
  const heardAtMs = await caller.waitForSound({ sinceMs: said.lastSampleAtMs, ...WAIT });
  await caller.waitForAgentState('listening', { sinceMs: heardAtMs, ...WAIT });
  await until('the agent tells how long its answer took', () => latencies(caller).size > saidBefore);
  const { voiceToVoiceMs } = [...latencies(caller).values()].at(-1) ?? expect.fail('nothing was told');
  if (voiceToVoiceMs === null) return expect.fail('the way to the caller was not measured');
  return { measuredMs: heardAtMs - lastSoundAtMs, toldMs: voiceToVoiceMs };
}

/** What the agent told of its answers so far; of one that was told twice, the latest. */
function latencies(caller: RoomCaller) {
  const told = caller.texts().filter(({ topic, end }) => topic === TOPIC.latency && end !== null);
  return new Map(
    told.map(({ text }) => {
      const latency = replyLatencySchema.parse(JSON.parse(text));
      return [latency.replyId, latency] as const;
    }),
  );
}

/** Silence at the end of what is said, in ms: by the measure with which a caller's ear tells sound. */
function quietTailMs({ samples, sampleRateHz }: AudioFrame): number {
  const size = (sampleRateHz * WINDOW_MS) / 1000;
  const windows = Array.from({ length: Math.floor(samples.length / size) }, (_, index) =>
    levelDb(samples.subarray(index * size, (index + 1) * size)),
  );
  return (windows.length - 1 - windows.findLastIndex((level) => level > SOUND_DB)) * WINDOW_MS;
}
