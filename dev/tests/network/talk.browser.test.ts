import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { reasonForNoNetwork } from '../../network/testing/no-network.ts';
import { type NetworkScene, setNetworkScene } from './support/network-scene.ts';
import { sufferOutage } from './support/outage.ts';
import { PORT } from './support/parley-behind-link.ts';

/** A hang, not a slow machine. */
const LIMIT_MS = 240_000;

/** The matrix walks all of them too. */
const itLong = it.runIf(process.env.PARLEY_TEST_LONG === '1');

describe.skipIf(reasonForNoNetwork !== null)('a call in a bad network', () => {
  let scene: NetworkScene;

  beforeAll(async () => {
    scene = await setNetworkScene();
  }, LIMIT_MS);
  afterAll(() => scene?.close());

  const showLastWords = () => onTestFailed(async () => void process.stdout.write(await scene.lastWords()));

  it(
    'is talked through at 5 % loss and 150 ms each way',
    async () => {
      showLastWords();
      const call = await scene.call({ lossPercent: 5, delayMs: 150, jitterMs: 30 });
      await call.exchange(scene.script.hours);
      expect(await call.ways()).toEqual(['udp']);
      expect(await call.journals()).toHaveLength(1);
    },
    LIMIT_MS,
  );

  itLong(
    'goes over TURN and TLS where nothing else is let through',
    async () => {
      showLastWords();
      const call = await scene.call({ block: { allButTcpPorts: [PORT.page, PORT.turn] } });
      await call.exchange(scene.script.hours);
      expect(await call.ways()).toEqual(['relay tls']);
      expect(await call.journals()).toHaveLength(1);
    },
    LIMIT_MS,
  );

  itLong(
    'goes on after an outage, and the page says what is wrong meanwhile',
    async () => {
      showLastWords();
      const call = await scene.call({});
      await sufferOutage(scene, call);
      await call.exchange(scene.script.puncture);
      expect(await call.journals()).toHaveLength(1);
    },
    LIMIT_MS,
  );
});
