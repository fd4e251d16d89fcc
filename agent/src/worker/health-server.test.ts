import { afterEach, describe, expect, it } from 'vitest';
import { type HealthServer, PortTaken, startHealthServer } from './health-server.ts';

let servers: HealthServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(isHealthy = () => true, port = 0) {
  const server = await startHealthServer(port, {
    isHealthy,
    worker: () => ({ calls: 3 }),
    metrics: async () => 'a 1\n',
  });
  servers.push(server);
  return server;
}

describe('the health port', () => {
  it('answers by the health of the process', async () => {
    let isHealthy = false;
    const { port } = await start(() => isHealthy);
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect(await status('/')).toBe(503);
    isHealthy = true;
    expect([await status('/'), await status('/?x=1'), await status('/else')]).toEqual([200, 200, 404]);
    expect(await (await fetch(`http://127.0.0.1:${port}/worker`)).json()).toEqual({ calls: 3 });
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).status).toBe(405);
    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('version=0.0.4');
    expect(await metrics.text()).toBe('a 1\n');
  });

  it('says which port was taken', async () => {
    const { port } = await start();
    const second = start(() => true, port);
    await expect(second).rejects.toThrow(PortTaken);
    await expect(second).rejects.toThrow(String(port));
  });
});
