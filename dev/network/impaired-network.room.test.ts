import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { isRunning } from '../processes/descendants.ts';
import { type ImpairedNetwork, NetworkFailed, startImpairedNetwork } from './impaired-network.ts';
import { reasonForNoNetwork } from './testing/no-network.ts';

const run = promisify(execFile);
let network: ImpairedNetwork | null = null;

afterEach(async () => {
  await network?.close();
  network = null;
});

/** Asks over UDP `count` times, 10 ms apart, from the caller's side; resolves with each round trip in ms, null where lost. */
async function probe({ host, caller }: ImpairedNetwork, count = 100): Promise<readonly (number | null)[]> {
  const echo = `
    const socket = require('node:dgram').createSocket('udp4');
    socket.on('message', (message, from) => socket.send(message, from.port, from.address));
    socket.bind(9000, '${host.address}', () => console.log('bound'));`;
  const ask = `
    const socket = require('node:dgram').createSocket('udp4');
    const trips = Array(${count}).fill(null);
    const now = () => Number(process.hrtime.bigint()) / 1e6;
    socket.on('message', (message) => {
      const { index, at } = JSON.parse(message);
      trips[index] = now() - at;
    });
    let index = 0;
    const timer = setInterval(() => {
      if (index === ${count}) {
        clearInterval(timer);
        return setTimeout(() => { console.log(JSON.stringify(trips)); process.exit(); }, 500);
      }
      socket.send(JSON.stringify({ index: index++, at: now() }), 9000, '${host.address}');
    }, 10);`;
  const inside = (namespace: string, program: string) =>
    run('ip', ['netns', 'exec', namespace, process.execPath, '-e', program]);
  const answering = inside(host.namespace, echo);
  const bound = new Promise((resolve) => answering.child.stdout?.once('data', resolve));
  // It is killed when all is asked.
  answering.catch(() => undefined);
  await bound;
  try {
    return JSON.parse((await inside(caller.namespace, ask)).stdout) as (number | null)[];
  } finally {
    answering.child.kill('SIGKILL');
  }
}

const namespaces = async () => (await run('ip', ['netns', 'list'])).stdout;
const lostShare = (trips: readonly (number | null)[]) =>
  trips.filter((trip) => trip === null).length / trips.length;

describe.skipIf(reasonForNoNetwork !== null)('a network of a test', () => {
  it('carries everything while nothing is asked of it', async () => {
    network = await startImpairedNetwork();
    expect(lostShare(await probe(network))).toBe(0);
  });

  it('delays each way, and never gives out early what jitter holds back', async () => {
    network = await startImpairedNetwork({ delayMs: 60, jitterMs: 40 });
    const trips = (await probe(network, 50)).map((trip) => trip ?? 0);
    expect(Math.min(...trips)).toBeGreaterThanOrEqual(120);
    expect(Math.max(...trips) - Math.min(...trips)).toBeGreaterThan(15);
  });

  it('loses about the share that it is told, each way', async () => {
    network = await startImpairedNetwork({ lossPercent: 20 });
    // 36 % of round trips are lost where each way loses 20 %; the seed makes it the same share each time.
    const lost = lostShare(await probe(network, 300));
    expect(lost).toBeGreaterThan(0.26);
    expect(lost).toBeLessThan(0.46);
  });

  it('changes while it runs: an outage and its end', async () => {
    network = await startImpairedNetwork();
    await network.change({ block: 'everything' });
    expect(lostShare(await probe(network, 10))).toBe(1);
    await network.change({ block: { allButTcpPorts: [80] } });
    expect(lostShare(await probe(network, 10))).toBe(1);
    await network.change({ block: 'nothing' });
    expect(lostShare(await probe(network, 10))).toBe(0);
  });

  it('is a slow line upwards that drops what would wait too long', async () => {
    network = await startImpairedNetwork({ upKbps: 16 });
    // 100 packets a second of about 70 bytes are three times what goes through.
    const trips = await probe(network, 200);
    expect(lostShare(trips)).toBeGreaterThan(0.3);
    expect(Math.max(...trips.map((trip) => trip ?? 0))).toBeGreaterThan(300);
  });

  it('leaves nothing behind', async () => {
    network = await startImpairedNetwork();
    const { host, caller } = network;
    expect(await namespaces()).toContain(host.namespace);
    await network.close();
    await network.close();
    expect(await namespaces()).not.toContain(host.namespace);
    expect(await namespaces()).not.toContain(caller.namespace);
  });

  it('takes away what a killed one left, and says when it is gone itself', async () => {
    const killed = await startImpairedNetwork();
    const pid = Number(/\d+/.exec(killed.host.namespace)?.[0]);
    process.kill(pid, 'SIGKILL');
    await expect(killed.change({ lossPercent: 1 })).rejects.toThrow(NetworkFailed);
    expect(isRunning(pid)).toBe(false);
    expect(await namespaces()).toContain(killed.host.namespace);
    network = await startImpairedNetwork();
    expect(await namespaces()).not.toContain(killed.host.namespace);
  });
});
