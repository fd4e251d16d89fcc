import { expect, it } from 'vitest';
import { createEarDelay } from './ear-delay.ts';

const inbound = (seconds: number, samples: number) => ({
  id: 'in',
  type: 'inbound-rtp',
  kind: 'audio',
  jitterBufferDelay: seconds,
  jitterBufferEmittedCount: samples,
});
const playout = (seconds: number, samples: number) => ({
  id: 'out',
  type: 'media-playout',
  totalPlayoutDelay: seconds,
  totalSamplesCount: samples,
});
const used = { id: 'p1', type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.04 };
const left = { id: 'p0', type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.4 };
const transport = { id: 't', type: 'transport', selectedCandidatePairId: 'p1' };

function setUp(devices: { outputMs: number | null; captureMs: number | null }) {
  const shown = { entries: [] as { id: string }[] };
  const read = createEarDelay({
    readStats: async () => new Map(shown.entries.map((entry) => [entry.id, entry])) as RTCStatsReport,
    readOutputMs: () => devices.outputMs,
    readCaptureMs: () => devices.captureMs,
  });
  return { read, show: (...entries: { id: string }[]) => (shown.entries = entries) };
}

it('tells the delays of the sound since the last reading, and keeps them through silence', async () => {
  const { read, show } = setUp({ outputMs: null, captureMs: 20 });
  show(left, used, transport, inbound(480, 8_000), playout(240, 8_000));
  expect(await read()).toEqual({ roundTripMs: 40, jitterBufferMs: 60, outputMs: 30, captureMs: 20 });
  expect(await read()).toEqual({ roundTripMs: 40, jitterBufferMs: 60, outputMs: 30, captureMs: 20 });
  show(left, used, transport, inbound(480 + 800, 16_000), playout(240 + 400, 16_000));
  expect(await read()).toMatchObject({ jitterBufferMs: 100, outputMs: 50 });
});

it('begins anew with the track of another process', async () => {
  const { read, show } = setUp({ outputMs: 15, captureMs: 20 });
  show(used, inbound(480, 8_000));
  await read();
  show(used, inbound(40, 1_000));
  expect(await read()).toMatchObject({ jitterBufferMs: 40, outputMs: 15 });
});

it('tells nothing before the agent was heard, over no connection, or of an output that nobody knows', async () => {
  const { read, show } = setUp({ outputMs: null, captureMs: null });
  show(used, inbound(0, 0), playout(240, 8_000));
  expect(await read()).toBeNull();
  show(inbound(480, 8_000), playout(240, 8_000));
  expect(await read()).toBeNull();
  const silent = setUp({ outputMs: null, captureMs: null });
  silent.show(used, inbound(480, 8_000));
  expect(await silent.read()).toBeNull();
});

it('counts the block of a microphone whose browser does not tell', async () => {
  const { read, show } = setUp({ outputMs: 15, captureMs: null });
  show(used, inbound(480, 8_000));
  expect(await read()).toMatchObject({ captureMs: 10 });
});
