import { expect, it } from 'vitest';
import { PortTaken, planPorts } from './port-plan.ts';

/** Plans on a machine where these ports, as `tcp 3000`, are taken. */
function plan(
  busy: readonly string[],
  given: { web?: number; sfu?: number | 'elsewhere'; hasTcp?: boolean } = {},
) {
  return planPorts({
    web: { given: given.web ?? null, host: '127.0.0.1' },
    sfu: given.sfu === 'elsewhere' ? null : { given: given.sfu ?? null, hasTcp: given.hasTcp ?? false },
    isFree: async (port, transport) => !busy.includes(`${transport} ${port}`),
    findAny: async () => 50_000,
  });
}

it('takes the usual ports where they are free', async () => {
  expect(await plan([])).toEqual({
    web: 3_000,
    sfu: { signalling: 7_880, rtcTcp: 0, rtcUdp: 7_882 },
    moves: [],
  });
  expect(await plan([], { hasTcp: true })).toMatchObject({
    sfu: { signalling: 7_880, rtcTcp: 7_881, rtcUdp: 7_882 },
  });
  expect(await plan([], { sfu: 'elsewhere' })).toEqual({ web: 3_000, sfu: null, moves: [] });
});

it('moves a port that nobody gave, and says so', async () => {
  const planned = await plan(['tcp 3000', 'tcp 3001', 'tcp 7880', 'udp 7883']);
  expect(planned).toEqual({
    web: 3_002,
    sfu: { signalling: 7_881, rtcTcp: 0, rtcUdp: 7_884 },
    moves: [
      { what: 'the page', from: 3_000, to: 3_002 },
      { what: 'livekit-server', from: 7_880, to: 7_881 },
      { what: 'media over UDP', from: 7_883, to: 7_884 },
    ],
  });
});

it('derives the ports of media from the one that was given, and keeps clear of what was given', async () => {
  expect(await plan([], { sfu: 3_000 })).toMatchObject({
    web: 3_001,
    sfu: { signalling: 3_000, rtcUdp: 3_002 },
  });
  expect(await plan([], { web: 7_881, hasTcp: true })).toMatchObject({ web: 7_881, sfu: { rtcTcp: 7_882 } });
});

it('insists on a port that was given', async () => {
  await expect(plan(['tcp 4000'], { web: 4_000 })).rejects.toThrow(PortTaken);
  await expect(plan(['tcp 7000'], { sfu: 7_000 })).rejects.toThrow(
    /Port 7000, given by LIVEKIT_PORT, is taken/,
  );
});

it('takes any port for 0', async () => {
  expect(await plan(['tcp 3000'], { web: 0 })).toMatchObject({ web: 50_000, moves: [] });
});
