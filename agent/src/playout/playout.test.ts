import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { WordMark } from '../tts/contract.ts';
import type { PlayoutEvent } from './contract.ts';
import { createPlayout } from './playout.ts';
import { createVirtualSink } from './testing/virtual-sink.ts';

const RATE_HZ = 16_000;
const samplesOf = (ms: number) => (ms * RATE_HZ) / 1000;
/** A sound whose every sample tells its place: 1, 2, 3 … */
const counting = (ms: number, from = 0) => Int16Array.from({ length: samplesOf(ms) }, (_, i) => from + i + 1);
const loud = (ms: number) => new Int16Array(samplesOf(ms)).fill(10_000);
const word = (charEnd: number, startMs: number, endMs: number): WordMark => ({
  charStart: 0,
  charEnd,
  startMs,
  endMs,
  isEstimated: false,
});

function setUp(options: { phaseMs?: number } = {}) {
  const clock = createVirtualClock();
  const sink = createVirtualSink({ clock, sampleRateHz: RATE_HZ, ...options });
  const events: { readonly atMs: number; readonly event: PlayoutEvent }[] = [];
  const playout = createPlayout({
    sink,
    clock,
    log: pino({ level: 'silent' }),
    onEvent: (event) => events.push({ atMs: clock.nowMs(), event }),
  });
  return {
    clock,
    sink,
    playout,
    events,
    types: () => events.map(({ event }) => event.type),
    at: (type: PlayoutEvent['type']) => events.find(({ event }) => event.type === type)?.atMs,
    /** A reply of one segment, given whole. */
    say(samples: Int16Array, marks: readonly WordMark[] = []) {
      playout.open('r1');
      playout.enqueue('r1', 's1', samples, RATE_HZ);
      playout.mark('r1', 's1', marks);
      playout.endSegment('r1', 's1');
      playout.finish('r1');
    },
    /** What was sent, without the silence around it. */
    sound() {
      const sent = sink.sent();
      const first = sent.findIndex((sample) => sample !== 0);
      return first < 0
        ? new Int16Array(0)
        : sent.slice(first, sent.findLastIndex((sample) => sample !== 0) + 1);
    },
  };
}

/** Largest step between neighbouring samples. */
function largestStep(samples: Int16Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++) {
    largest = Math.max(largest, Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0)));
  }
  return largest;
}

describe('playout', () => {
  it('plays a reply through, each sample once, at most 120 ms ahead of the track', async () => {
    const { clock, playout, say, sound, sink, types } = setUp();
    say(counting(1000));
    await clock.advance(1_500);
    expect(sound().slice(0, samplesOf(980))).toEqual(counting(980));
    expect(Math.max(...sink.pushes.map(({ ms, queuedMs }) => ms + queuedMs))).toBe(120);
    expect(types()).toEqual(['started', 'segmentPlayed', 'finished']);
    expect(clock.pendingTimers).toBe(0);
    await playout.close();
  });

  it('tells a word once 60 % of it was played', async () => {
    const { clock, say, events } = setUp();
    say(loud(600), [word(5, 0, 200), word(11, 200, 500)]);
    await clock.advance(1_000);
    const words = events.filter(({ event }) => event.type === 'progressed');
    expect(words.map(({ event }) => 'charEnd' in event && event.charEnd)).toEqual([5, 11]);
    expect(words[0]?.atMs).toBeGreaterThanOrEqual(120);
    expect(words[0]?.atMs).toBeLessThan(135);
    expect(words[1]?.atMs).toBeGreaterThanOrEqual(380);
    expect(words[1]?.atMs).toBeLessThan(395);
  });

  it('tells the last word with the end of the sound when the voice placed it behind', async () => {
    const { clock, say, types, events } = setUp();
    say(loud(100), [word(4, 90, 400)]);
    await clock.advance(500);
    expect(types()).toEqual(['started', 'progressed', 'segmentPlayed', 'finished']);
    expect(events[3]?.atMs).toBeLessThan(125);
  });

  it('plays segments end to end and tells each', async () => {
    const { clock, playout, events, sound } = setUp();
    playout.open('r1');
    playout.enqueue('r1', 's1', counting(105), RATE_HZ);
    playout.endSegment('r1', 's1');
    playout.enqueue('r1', 's2', counting(95, samplesOf(105)), RATE_HZ);
    playout.endSegment('r1', 's2');
    playout.endSegment('r1', 's3');
    playout.finish('r1');
    await clock.advance(500);
    expect(sound().slice(0, samplesOf(180))).toEqual(counting(180));
    expect(events.map(({ event }) => [event.type, 'segmentId' in event && event.segmentId])).toEqual([
      ['started', 's1'],
      ['segmentPlayed', 's1'],
      ['started', 's2'],
      ['segmentPlayed', 's2'],
      ['segmentPlayed', 's3'],
      ['finished', false],
    ]);
  });

  it('finishes a reply without sound at once', async () => {
    const { clock, playout, types } = setUp();
    playout.open('r1');
    playout.finish('r1');
    await clock.advance(0);
    expect(types()).toEqual(['finished']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is silent 40 ms after a hold and goes on from where the ramp began', async () => {
    const { clock, playout, say, sink, events, at } = setUp({ phaseMs: 4 });
    say(counting(1000));
    await clock.advance(400);
    playout.hold('r1');
    const before = sink.sent().length;
    await clock.advance(300);
    const heard = sink.sent();
    expect(at('held')).toBeGreaterThanOrEqual(420);
    expect(at('held')).toBeLessThanOrEqual(442);
    expect(heard.slice(before + samplesOf(30)).every((sample) => sample === 0)).toBe(true);
    const held = heard.slice(0, before).findLast((sample) => sample !== 0) ?? 0;
    expect(clock.pendingTimers).toBe(0);
    playout.resume('r1');
    await clock.advance(1_000);
    expect(events.map(({ event }) => event.type)).toEqual([
      'started',
      'held',
      'resumed',
      'segmentPlayed',
      'finished',
    ]);
    const resumed = sink.sent().slice(heard.length);
    const start = resumed.findIndex((sample) => sample > 0);
    expect(start).toBeLessThan(samplesOf(20));
    // After the ramp up, the samples are those that follow the place of the hold.
    const isWhole = (i: number) =>
      resumed[i + 1] === (resumed[i] ?? 0) + 1 && resumed[i + 2] === (resumed[i] ?? 0) + 2;
    const whole = resumed.find((sample, i) => sample > held && isWhole(i)) ?? 0;
    expect(whole).toBeLessThanOrEqual(held + samplesOf(30) + 2);
  });

  it('fades from the very sample that was sent last, wherever between two ticks the hold comes', async () => {
    for (let phaseMs = 0.1; phaseMs < 10; phaseMs += 0.7) {
      for (let holdAtMs = 200; holdAtMs < 221; holdAtMs += 1.3) {
        const { clock, playout, say, sink } = setUp({ phaseMs });
        say(counting(1000));
        await clock.advance(holdAtMs);
        playout.hold('r1');
        await clock.advance(100);
        // A place that is wrong by a block would jump by 160.
        const sent = sink.sent();
        const first = sent.indexOf(1);
        const peak = sent.indexOf(Math.max(...sent));
        expect(sent.slice(first, peak - 10)).toEqual(counting(1000).slice(0, peak - 10 - first));
        expect(peak - first).toBeGreaterThan(samplesOf(holdAtMs - 20));
        expect(largestStep(sent.slice(first))).toBeLessThan(20);
        await playout.close();
      }
    }
  });

  it('makes no click at hold, resume, clear or when the voice is too slow', async () => {
    const { clock, playout, sink } = setUp({ phaseMs: 7 });
    playout.open('r1');
    playout.enqueue('r1', 's1', loud(310), RATE_HZ);
    await clock.advance(100);
    playout.hold('r1');
    await clock.advance(200);
    playout.resume('r1');
    await clock.advance(500);
    playout.enqueue('r1', 's1', loud(300), RATE_HZ);
    await clock.advance(150);
    playout.clear('r1');
    await clock.advance(300);
    // Over 10 ms its square changes by at most 2.04 / 160 of the level a sample; the first sound may jump.
    const sent = sink.sent();
    expect(largestStep(sent.slice(sent.findIndex((sample) => sample > 0)))).toBeLessThan(135);
  });

  it('goes on after a slow voice, with every sample', async () => {
    const { clock, playout, sound, types } = setUp();
    playout.open('r1');
    for (let i = 0; i < 5; i++) {
      playout.enqueue('r1', 's1', counting(120, samplesOf(120) * i), RATE_HZ);
      await clock.advance(400);
    }
    expect(clock.pendingTimers).toBe(0);
    playout.endSegment('r1', 's1');
    playout.finish('r1');
    await clock.advance(300);
    const heard = new Set(sound());
    const missing = counting(600).filter((sample) => !heard.has(sample));
    expect(missing.length).toBeLessThanOrEqual(samplesOf(5 * 20));
    expect(types()).toEqual(['started', 'segmentPlayed', 'finished']);
  });

  it('neither loses nor doubles sound when the event loop stalls', async () => {
    const { clock, playout, say, sound } = setUp();
    const { at } = clock;
    say(counting(1000));
    await clock.advance(300);
    // The loop stands still: time runs on, timers fire late.
    const late: (() => void)[] = [];
    clock.at = (_, fire) => {
      late.push(fire);
      return () => {};
    };
    await clock.advance(500);
    clock.at = at;
    for (const fire of late) fire();
    await clock.advance(1_500);
    expect(
      sound()
        .filter((sample) => sample !== 0)
        .slice(0, samplesOf(980)),
    ).toEqual(counting(980));
    await playout.close();
  });

  it('answers clear at once with the last word heard, and is silent within 20 ms', async () => {
    const { clock, playout, say, sink, events } = setUp({ phaseMs: 3 });
    say(loud(2_000), [word(5, 0, 200), word(11, 200, 500), word(20, 500, 900)]);
    await clock.advance(450);
    playout.clear('r1');
    const before = sink.sent().length;
    await clock.advance(0);
    expect(events.at(-1)).toEqual({
      atMs: 450,
      event: { type: 'cleared', replyId: 'r1', segmentId: 's1', charEnd: 11 },
    });
    await clock.advance(500);
    expect(
      sink
        .sent()
        .slice(before + samplesOf(20))
        .every((sample) => sample === 0),
    ).toBe(true);
    expect(events.filter(({ event }) => event.type === 'finished')).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('answers clear where nothing had sounded, and for a reply that is not open', async () => {
    const { clock, playout, events } = setUp();
    playout.open('r1');
    playout.clear('r1');
    playout.clear('r0');
    await clock.advance(0);
    expect(events.map(({ event }) => event)).toEqual([
      { type: 'cleared', replyId: 'r1', segmentId: null, charEnd: 0 },
      { type: 'cleared', replyId: 'r0', segmentId: null, charEnd: 0 },
    ]);
  });

  it('keeps what a held reply had been heard of when it is cleared', async () => {
    const { clock, playout, say, events } = setUp();
    say(loud(1_000), [word(5, 0, 200), word(11, 200, 500)]);
    await clock.advance(250);
    playout.hold('r1');
    await clock.advance(500);
    playout.clear('r1');
    await clock.advance(0);
    expect(events.at(-1)?.event).toEqual({ type: 'cleared', replyId: 'r1', segmentId: 's1', charEnd: 5 });
  });

  it('lets the next reply begin at once behind the silence of the last', async () => {
    const { clock, playout, say, at, events } = setUp();
    say(loud(200));
    await clock.advance(250);
    expect(at('finished')).toBeLessThan(225);
    playout.open('r2');
    playout.enqueue('r2', 's1', loud(100), RATE_HZ);
    await clock.advance(0);
    expect(events.at(-1)).toMatchObject({ atMs: 250, event: { type: 'started', replyId: 'r2' } });
  });

  it('ignores calls for another reply and for ended segments', async () => {
    const { clock, playout, say, sound, types } = setUp();
    say(counting(100));
    playout.enqueue('r1', 's1', loud(100), RATE_HZ);
    playout.enqueue('r7', 's1', loud(100), RATE_HZ);
    playout.hold('r7');
    await clock.advance(400);
    playout.enqueue('r1', 's2', loud(100), RATE_HZ);
    await clock.advance(400);
    expect(sound().length).toBeLessThanOrEqual(samplesOf(100));
    expect(types()).toEqual(['started', 'segmentPlayed', 'finished']);
  });

  it('clears a reply that is still open when the next begins', async () => {
    const { clock, playout, say, events } = setUp();
    say(loud(500));
    await clock.advance(100);
    playout.open('r2');
    playout.finish('r2');
    await clock.advance(100);
    expect(events.map(({ event }) => [event.type, event.replyId])).toEqual([
      ['started', 'r1'],
      ['cleared', 'r1'],
      ['finished', 'r2'],
    ]);
  });

  it('brings a voice of another rate to the track rate', async () => {
    const { clock, playout, sound, types } = setUp();
    playout.open('r1');
    for (let i = 0; i < 5; i++) playout.enqueue('r1', 's1', new Int16Array(2_205).fill(8_000), 22_050);
    playout.finish('r1');
    await clock.advance(1_000);
    expect(Math.abs(sound().length - samplesOf(500))).toBeLessThan(20);
    expect(types()).toEqual(['started', 'segmentPlayed', 'finished']);
  });

  it('falls silent when the track is gone, and still answers clear', async () => {
    const { clock, playout, say, sink, types } = setUp();
    say(loud(500));
    await clock.advance(100);
    sink.break();
    await clock.advance(300);
    expect(clock.pendingTimers).toBe(0);
    playout.clear('r1');
    await clock.advance(0);
    expect(types()).toEqual(['started', 'cleared']);
  });

  it('tells nothing once closed', async () => {
    const { clock, playout, say, types } = setUp();
    say(loud(500));
    await clock.advance(100);
    await playout.close();
    await playout.close();
    playout.clear('r1');
    await clock.advance(500);
    expect(types()).toEqual(['started']);
    expect(clock.pendingTimers).toBe(0);
  });
});
