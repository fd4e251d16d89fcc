import { wallClockEpochMs } from '@parley/agent/runtime/clock';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { reasonForNoNetwork } from '../../network/testing/no-network.ts';
import { CELLS } from './support/cells.ts';
import { type CellFigures, describeMachine, keepFigures } from './support/figures.ts';
import { type NetworkScene, setNetworkScene } from './support/network-scene.ts';
import { sufferOutage } from './support/outage.ts';

/** A hang, not a slow machine. */
const LIMIT_MS = 300_000;

const isLong = process.env.PARLEY_TEST_LONG === '1';

describe.skipIf(!isLong || reasonForNoNetwork !== null)('a call of two questions', () => {
  let scene: NetworkScene;
  const figures: CellFigures[] = [];

  beforeAll(async () => {
    scene = await setNetworkScene();
  }, LIMIT_MS);
  afterAll(async () => {
    await scene?.close();
    if (figures.length > 0) process.stdout.write(`${await keepFigures(figures)}\n`);
  });

  it.each(CELLS)(
    'over $name',
    async ({ name, conditions, way, hasOutage }) => {
      onTestFailed(async () => void process.stdout.write(await scene.lastWords()));
      const call = await scene.call(conditions);
      const first = await call.exchange(scene.script.hours);
      const outage = hasOutage ? await sufferOutage(scene, call) : null;
      if (hasOutage) await scene.become(conditions);
      const second = await call.exchange(scene.script.puncture);
      expect(await call.ways()).toEqual([way]);
      expect(await call.journals()).toHaveLength(1);
      figures.push({
        name,
        at: new Date(wallClockEpochMs()).toISOString(),
        machine: describeMachine(),
        way,
        greetedMs: call.greetedMs,
        exchanges: [first, second],
        outage,
      });
    },
    LIMIT_MS,
  );
});
