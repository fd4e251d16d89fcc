import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { PlayoutEvent } from './contract.ts';
import { createPlayout } from './playout.ts';
import { createVirtualSink } from './testing/virtual-sink.ts';

const RATE_HZ = 8_000;
const FRAME = RATE_HZ / 100;
const REPLIES = ['r1', 'r2', 'r3'] as const;

const replyId = fc.constantFrom(...REPLIES);
const segment = fc.record({ replyId, segmentId: fc.constantFrom('s1', 's2', 's3') });
const of = <Type extends string, Data>(type: Type, data: fc.Arbitrary<Data>) =>
  data.map((value) => ({ type, ...value }));

const step = fc.oneof(
  of('open', fc.record({ replyId })),
  {
    weight: 6,
    arbitrary: of(
      'enqueue',
      fc.tuple(segment, fc.integer({ min: 0, max: 2_400 })).map(([s, count]) => ({ ...s, count })),
    ),
  },
  of(
    'mark',
    fc
      .tuple(segment, fc.integer({ min: -50, max: 400 }), fc.integer({ min: 0, max: 300 }))
      .map(([s, startMs, lengthMs]) => ({ ...s, startMs, lengthMs })),
  ),
  of('endSegment', segment),
  of('finish', fc.record({ replyId })),
  { weight: 2, arbitrary: of('hold', fc.record({ replyId })) },
  { weight: 2, arbitrary: of('resume', fc.record({ replyId })) },
  of('clear', fc.record({ replyId })),
  { weight: 6, arbitrary: of('wait', fc.record({ ms: fc.double({ min: 0, max: 180, noNaN: true }) })) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Runs the steps; each opened reply gets a number of its own, so that ids are never used twice. */
async function run(steps: readonly Step[], phaseMs: number) {
  const clock = createVirtualClock();
  const sink = createVirtualSink({ clock, sampleRateHz: RATE_HZ, phaseMs });
  const events: PlayoutEvent[] = [];
  const playout = createPlayout({
    sink,
    clock,
    log: pino({ level: 'silent' }),
    onEvent: (event) => events.push(event),
  });
  const opened = new Map<string, { id: string; next: number; charEnd: number }>();
  let openings = 0;
  const nameOf = (replyId: string) => opened.get(replyId)?.id ?? replyId;
  const cleared: string[] = [];
  for (const each of steps) {
    switch (each.type) {
      case 'open': {
        const id = `${each.replyId}.${openings++}`;
        opened.set(each.replyId, { id, next: 1, charEnd: 0 });
        playout.open(id);
        break;
      }
      case 'enqueue': {
        const reply = opened.get(each.replyId);
        const from = reply?.next ?? 1;
        if (reply) reply.next += each.count;
        const samples = Int16Array.from({ length: each.count }, (_, i) => from + i);
        playout.enqueue(nameOf(each.replyId), each.segmentId, samples, RATE_HZ);
        break;
      }
      case 'mark': {
        const reply = opened.get(each.replyId);
        const charEnd = (reply?.charEnd ?? 0) + 3;
        if (reply) reply.charEnd = charEnd;
        const { startMs, lengthMs } = each;
        const marks = [
          { charStart: charEnd - 3, charEnd, startMs, endMs: startMs + lengthMs, isEstimated: false },
        ];
        playout.mark(nameOf(each.replyId), each.segmentId, marks);
        break;
      }
      case 'endSegment':
        playout.endSegment(nameOf(each.replyId), each.segmentId);
        break;
      case 'wait':
        await clock.advance(each.ms);
        break;
      case 'clear':
        cleared.push(nameOf(each.replyId));
        playout.clear(nameOf(each.replyId));
        break;
      default:
        playout[each.type](nameOf(each.replyId));
    }
  }
  const finishAll = async () => {
    for (const { id } of opened.values()) playout.resume(id);
    for (const { id } of opened.values()) playout.finish(id);
    await clock.advance(13_000);
  };
  return { clock, sink, playout, events, openings, cleared, finishAll };
}

const runs = { numRuns: 150 };

describe('playout, whatever the order of its calls', { timeout: 60_000 }, () => {
  it('ends every opened reply once, told in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        async (steps, phaseMs) => {
          const { events, openings, finishAll, clock, cleared } = await run(steps, phaseMs);
          await finishAll();
          expect(clock.pendingTimers).toBe(0);
          const ids = new Set(events.map((event) => event.replyId));
          const openedIds = [...ids].filter((id) => id.includes('.'));
          expect(openedIds.length).toBe(openings);
          for (const id of openedIds)
            expectOrder(
              events.filter((event) => event.replyId === id),
              cleared.includes(id),
            );
        },
      ),
      runs,
    );
  });

  it('sends each sample once and in order, but for what a hold repeats', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        async (steps, phaseMs) => {
          const oneReply = [
            { type: 'open', replyId: 'r1' } as const,
            ...steps.filter(({ type }) => type !== 'open' && type !== 'clear'),
          ];
          const { sink, finishAll } = await run(oneReply, phaseMs);
          await finishAll();
          const holds = steps.filter(({ type }) => type === 'hold').length;
          let rewinds = 0;
          let last = 0;
          for (const { from, to } of wholeFrames(sink.sent())) {
            if (from <= last) rewinds += 1;
            // Ramps hide what lies between two whole frames: 30 ms of a hold and as much of the resume, 10 of a gap.
            else
              expect(from - last).toBeLessThanOrEqual(1 + 8 * FRAME + Math.max(0, steps.length) * 2 * FRAME);
            expect(last - from).toBeLessThan(4 * FRAME);
            last = to;
          }
          expect(rewinds).toBeLessThanOrEqual(holds);
        },
      ),
      runs,
    );
  });

  it('never has more than 120 ms waiting in the track', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { sink } = await run(steps, 5);
        for (const { ms, queuedMs } of sink.pushes) expect(ms + queuedMs).toBeLessThanOrEqual(130);
      }),
      { numRuns: 50 },
    );
  });
});

/** Frames that were sent as they came: no ramp, no gap. */
function wholeFrames(sent: Int16Array): { from: number; to: number }[] {
  const frames: { from: number; to: number }[] = [];
  for (let at = 0; at + FRAME <= sent.length; at += FRAME) {
    const frame = sent.subarray(at, at + FRAME);
    const from = frame[0] ?? 0;
    if (from > 0 && frame.every((sample, i) => sample === from + i))
      frames.push({ from, to: from + FRAME - 1 });
  }
  return frames;
}

function expectOrder(events: readonly PlayoutEvent[], wasCleared: boolean): void {
  const ends = events.filter(({ type }) => type === 'finished' || type === 'cleared');
  const finished = ends.filter(({ type }) => type === 'finished').length;
  expect(finished).toBeLessThanOrEqual(1);
  expect(ends.length).toBeGreaterThanOrEqual(1);
  if (!wasCleared) expect(ends.length).toBe(1);
  let isHeld = false;
  let sounding: string | null = null;
  let charEnd = 0;
  let hasEnded = false;
  for (const event of events) {
    if (hasEnded) expect(event.type).toBe('cleared');
    switch (event.type) {
      case 'started':
        expect(isHeld).toBe(false);
        expect(sounding).toBeNull();
        sounding = event.segmentId;
        charEnd = 0;
        break;
      case 'progressed':
        expect(event.segmentId).toBe(sounding);
        expect(event.charEnd).toBeGreaterThan(charEnd);
        charEnd = event.charEnd;
        break;
      case 'segmentPlayed':
        if (sounding !== null) expect(event.segmentId).toBe(sounding);
        sounding = null;
        break;
      case 'held':
        expect(isHeld).toBe(false);
        isHeld = true;
        break;
      case 'resumed':
        expect(isHeld).toBe(true);
        isHeld = false;
        break;
      default:
        hasEnded = true;
    }
  }
}
