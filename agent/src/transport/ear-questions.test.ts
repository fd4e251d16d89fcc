import { participantIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../runtime/deferred.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createEarQuestions, type EarAnswer } from './ear-questions.ts';
import type { OwnWay } from './own-way.ts';

const ann = participantIdSchema.parse('ann');
const bob = participantIdSchema.parse('bob');
const REPORT = { roundTripMs: 40, jitterBufferMs: 60, outputMs: 25, captureMs: 10 };
const told = (report: unknown): EarAnswer => ({ kind: 'told', payload: JSON.stringify(report) });

/** Each question waits until the test answers it. */
function setUp(own: OwnWay | null = { roundTripMs: 20, jitterBufferMs: 50 }) {
  const clock = createVirtualClock();
  const asked: { of: string; atMs: number; answer: Deferred<EarAnswer> }[] = [];
  const measured: unknown[] = [];
  const warnings: string[] = [];
  const way = { own };
  const questions = createEarQuestions({
    clock,
    readOwnWay: async () => way.own,
    ask(participantId) {
      const answer = createDeferred<EarAnswer>();
      asked.push({ of: participantId, atMs: clock.nowMs(), answer });
      return answer.promise;
    },
    onMeasured: (participantId, transport) => measured.push({ participantId, ...transport }),
    log: pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) }),
  });
  const answerLast = async (answer: EarAnswer) => {
    asked.at(-1)?.answer.resolve(answer);
    await clock.advance(0);
  };
  return { clock, asked, measured, warnings, way, questions, answerLast };
}

it('measures soon after a participant came, and then every 5 s', async () => {
  const { clock, asked, measured, questions, answerLast } = setUp();
  questions.joined(ann);
  await clock.advance(1_000);
  await answerLast(told(REPORT));
  // Half of both round trips is 30 ms each way; the agent's own shares are 16 ms of packet and 14 ms of reading.
  expect(measured).toEqual([
    { participantId: 'ann', toEarMs: 16 + 30 + 60 + 25, fromMouthMs: 10 + 16 + 30 + 50 + 14 },
  ]);
  await clock.advance(20_000);
  expect(asked.map(({ atMs }) => atMs)).toEqual([1_000, 6_000]);
  await answerLast(told(REPORT));
  questions.close();
  expect(clock.pendingTimers).toBe(0);
});

it('asks each second until there is a first answer, and never twice at a time', async () => {
  const { clock, asked, measured, questions, answerLast } = setUp();
  questions.joined(ann);
  await clock.advance(1_000);
  await answerLast({ kind: 'nothing' });
  await clock.advance(10_000);
  // The second question is still open: nobody waits for it any more, and no third is asked.
  expect(asked.map(({ atMs }) => atMs)).toEqual([1_000, 2_000]);
  await answerLast(told(REPORT));
  expect(measured).toEqual([]);
  await clock.advance(1_000);
  await answerLast(told(REPORT));
  expect(measured).toHaveLength(1);
});

it('a participant that comes back is not asked while its former question is open', async () => {
  const { clock, asked, measured, questions, answerLast } = setUp();
  questions.joined(ann);
  await clock.advance(1_000);
  questions.left(ann);
  questions.joined(ann);
  await clock.advance(1_500);
  expect(asked).toHaveLength(1);
  await answerLast(told(REPORT));
  expect(measured).toEqual([]);
  await clock.advance(3_000);
  expect(asked).toHaveLength(2);
});

it('nobody is asked while our own side is unknown, and who knows no such question is left alone', async () => {
  const { clock, asked, way, questions, answerLast } = setUp(null);
  questions.joined(ann);
  await clock.advance(30_000);
  expect(asked).toEqual([]);
  way.own = { roundTripMs: 1, jitterBufferMs: 20 };
  for (let i = 0; i < 3; i++) {
    await clock.advance(1_000);
    await answerLast({ kind: 'lacking' });
  }
  await clock.advance(60_000);
  expect(asked).toHaveLength(3);
  expect(clock.pendingTimers).toBe(0);
});

it.each([
  'not json',
  '{}',
  JSON.stringify({ ...REPORT, outputMs: -1 }),
  JSON.stringify({ ...REPORT, roundTripMs: 5_001 }),
  JSON.stringify({ ...REPORT, jitterBufferMs: null }),
  JSON.stringify({ ...REPORT, note: 'x'.repeat(1_000) }),
])('takes nothing from the report %j, and says so once', async (payload) => {
  const { clock, measured, warnings, questions, answerLast } = setUp();
  questions.joined(ann);
  questions.joined(bob);
  for (let i = 0; i < 3; i++) {
    await clock.advance(1_000);
    await answerLast({ kind: 'told', payload });
  }
  expect(measured).toEqual([]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('bob');
});
