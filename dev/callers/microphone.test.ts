import { createVirtualClock, type VirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, it } from 'vitest';
import { openMicrophone } from './microphone.ts';

/** A track that sends 1 ms of sound a ms, on a clock that stands still until told. */
function openTrack(sampleRateHz = 16_000) {
  const time = createVirtualClock(1_000);
  let stallMs = 0;
  const clock: VirtualClock = {
    nowMs: time.nowMs,
    advance: time.advance,
    get pendingTimers() {
      return time.pendingTimers;
    },
    at: (atMs, fire) => time.at(atMs + stallMs, fire),
  };
  let emptyAtMs = 1_000;
  const frames: { readonly samples: Int16Array; readonly atMs: number }[] = [];
  const queuedDurationMs = () => Math.max(0, emptyAtMs - clock.nowMs());
  const push = (samples: Int16Array) => {
    frames.push({ samples, atMs: clock.nowMs() });
    emptyAtMs = Math.max(emptyAtMs, clock.nowMs()) + (samples.length * 1000) / sampleRateHz;
  };
  const microphone = openMicrophone({ clock, sampleRateHz, push, queuedDurationMs });
  const sent = () => Int16Array.from(frames.flatMap(({ samples }) => [...samples]));
  /** Timers that are set from now on fire so much too late. */
  const stall = (ms: number) => {
    stallMs = ms;
  };
  return { clock, stall, frames, microphone, sent, queuedDurationMs };
}

const spoken = (length: number) => Int16Array.from({ length }, (_, index) => index + 1);

it('a microphone gives silence in real time while nobody speaks, and keeps a little ahead', async () => {
  const { clock, sent, queuedDurationMs } = openTrack();
  await clock.advance(1_000);
  expect(sent().every((sample) => sample === 0)).toBe(true);
  expect(queuedDurationMs()).toBeGreaterThan(0);
  expect(queuedDurationMs()).toBeLessThanOrEqual(50);
});

it('what is said leaves whole, in order, without holes, at the time that is told', async () => {
  const { clock, microphone, sent } = openTrack();
  await clock.advance(105);
  const first = microphone.say(spoken(1_000));
  const second = microphone.say(spoken(333));
  await clock.advance(500);
  const [one, two] = await Promise.all([first, second]);
  expect(one.lastSampleAtMs - one.firstSampleAtMs).toBeCloseTo(1_000 / 16);
  expect(two.firstSampleAtMs).toBeGreaterThanOrEqual(one.lastSampleAtMs);
  const samples = [...sent()];
  const from = samples.indexOf(1);
  expect(samples.slice(from, from + 1_000)).toEqual([...spoken(1_000)]);
  expect(one.firstSampleAtMs).toBeCloseTo(1_000 + from / 16);
});

it('a rate without whole samples in 10 ms gets longer frames, one without any is refused', async () => {
  const { frames } = openTrack(22_050);
  expect(frames[0]?.samples.length).toBe(441);
  expect(() => openTrack(12_345)).toThrow(RangeError);
});

it('a microphone that is closed cuts what is being said and takes no more', async () => {
  const { clock, microphone, frames } = openTrack();
  const cut = microphone.say(spoken(16_000));
  const rejected = expect(cut).rejects.toThrow('mid-sentence');
  await clock.advance(100);
  microphone.close();
  await rejected;
  const before = frames.length;
  await clock.advance(100);
  expect(frames.length).toBe(before);
  await expect(microphone.say(spoken(10))).rejects.toThrow('closed');
});

it('nothing to say is refused', async () => {
  await expect(openTrack().microphone.say(new Int16Array(0))).rejects.toThrow('no samples');
});

it('what is heard beside the person is under silence and speech alike, until it ends', async () => {
  const { clock, microphone, sent } = openTrack();
  microphone.setBackground((count) => new Int16Array(count).fill(5));
  await clock.advance(100);
  const from = sent().indexOf(5);
  void microphone.say(spoken(320));
  await clock.advance(100);
  expect([...sent().subarray(from)].every((sample) => sample >= 5)).toBe(true);
  expect(sent().indexOf(6)).toBeGreaterThan(from);
  expect(Math.max(...sent())).toBe(325);
  microphone.setBackground(null);
  await clock.advance(100);
  expect(sent().at(-1)).toBe(0);
});

it('speech that was begun goes on over a stall, and its end is told when it has left', async () => {
  const { clock, stall, microphone, sent } = openTrack();
  await clock.advance(100);
  const saying = microphone.say(spoken(16_000));
  await clock.advance(205);
  stall(70);
  await clock.advance(20);
  stall(0);
  await clock.advance(1_000);
  const said = await saying;
  expect(Math.max(...said.frameLatenessMs)).toBeGreaterThanOrEqual(60);
  expect(said.leastQueuedMs).toBeGreaterThan(0);
  expect(said.lastSampleAtMs - said.firstSampleAtMs).toBeCloseTo(1_000);
  const samples = [...sent()];
  const from = samples.indexOf(1);
  expect(samples.slice(from, from + 16_000)).toEqual([...spoken(16_000)]);
});

it('what is said resolves no sooner than its last sample leaves', async () => {
  const { clock, microphone } = openTrack();
  await clock.advance(105);
  let resolvedAtMs = 0;
  const said = microphone.say(spoken(3_200)).then((told) => {
    resolvedAtMs = clock.nowMs();
    return told;
  });
  await clock.advance(1_000);
  expect(resolvedAtMs).toBeCloseTo((await said).lastSampleAtMs);
});
