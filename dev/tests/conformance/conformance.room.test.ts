import { expect, it } from 'vitest';
import { conformanceOfParley } from '../../commands/conformance-room.ts';

const IS_LONG = process.env.PARLEY_TEST_LONG === '1';

it.runIf(!IS_LONG)(
  'holds talks with a Parley of its own, hears it stop and answer, and is heard to the end',
  async () => {
    const figures = await conformanceOfParley({ seed: 1, talks: 'short' });
    expect(figures).toMatchObject({ deadlocks: 0, doubleReplies: 0 });
    expect(figures.stopMs.p50).toBeGreaterThan(0);
    expect(figures.responseGapMs.p50).toBeGreaterThan(0);
    console.info(JSON.stringify(figures));
  },
  200_000,
);

it.runIf(IS_LONG)(
  'stops within a quarter of a second and for nothing less than words (test:long)',
  async () => {
    const figures = await conformanceOfParley({ seed: 1, talks: 'own' });
    console.info(JSON.stringify(figures));
    expect(figures).toMatchObject({ deadlocks: 0, doubleReplies: 0 });
    expect(figures.stopMs.p50).toBeLessThanOrEqual(260);
    expect(figures.stopMs.p95).toBeLessThanOrEqual(330);
    expect(figures.falseStopRate).toBeLessThanOrEqual(0.05);
  },
  900_000,
);
