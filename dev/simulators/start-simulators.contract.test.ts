import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Fault } from './faults.ts';
import type { SimulatedVendor } from './simulated-vendor.ts';
import { startSimulators } from './start-simulators.ts';

/** A vendor that counts: three events over HTTP, three messages over a websocket for each one it is sent. */
const counter: SimulatedVendor = {
  name: 'counter',
  isAuthorised: ({ headers }) => headers.authorization === 'Bearer right',
  refuse: (status) => ({ status, headers: { 'x-said': 'no' }, body: JSON.stringify({ error: status }) }),
  routes: [
    {
      kind: 'http',
      method: 'POST',
      stage: 'llm',
      path: /^\/count\/(?<unit>\w+)$/,
      async answer(exchange) {
        exchange.begin(200, { 'content-type': 'text/event-stream' });
        const { unit } = exchange.request.params;
        for (const count of [1, 2, 3]) exchange.write(`data: {"${unit}":${count + exchange.skewMs}}\n\n`);
        if (!exchange.takeQuirk('noEnd')) exchange.write('data: end\n\n');
        exchange.end();
      },
    },
    {
      kind: 'socket',
      stage: 'tts',
      path: /^\/count$/,
      upgradeHeaders: () => ({ 'x-request-id': 'R' }),
      open: (exchange) => ({
        text(message) {
          if (message === 'cancel') return exchange.noteCancel('asked');
          for (const count of [1, 2, 3]) exchange.send({ count });
          if (message === 'last') exchange.close(1000, 'done');
        },
        binary: (bytes) => exchange.send(bytes),
      }),
    },
  ],
};

async function start() {
  const simulators = await startSimulators({ vendors: [counter] });
  onTestFinished(() => simulators.stop());
  const baseUrl = simulators.baseUrls.counter ?? '';
  return {
    ...simulators,
    baseUrl,
    post: (options: { key?: string; signal?: AbortSignal } = {}) =>
      fetch(`${baseUrl}/count/apples`, {
        method: 'POST',
        headers: { authorization: `Bearer ${options.key ?? 'right'}` },
        body: '{"how":"slowly"}',
        ...(options.signal ? { signal: options.signal } : {}),
      }),
    dial: () =>
      new WebSocket(`${baseUrl.replace('http', 'ws')}/count`, { headers: { authorization: 'Bearer right' } }),
  };
}

/** What a socket receives, and how it closes, after one message to it. */
async function talk(socket: WebSocket, message: string) {
  const received: string[] = [];
  socket.on('message', (data) => received.push(String(data)));
  await once(socket, 'open');
  socket.send(message);
  const [code, reason] = await once(socket, 'close');
  return { received, code: Number(code), reason: String(reason) };
}

describe('the simulators', () => {
  test('answer over HTTP by vendor and path, and log it', async () => {
    const { post, log } = await start();
    expect(await (await post()).text()).toBe(
      'data: {"apples":1}\n\ndata: {"apples":2}\n\ndata: {"apples":3}\n\ndata: end\n\n',
    );
    expect(log.entries({ kind: 'request' })).toMatchObject([
      { vendor: 'counter', stage: 'llm', path: '/count/apples', body: '{"how":"slowly"}' },
    ]);
    expect(log.openCount).toBe(0);
    expect(log.exchanges()[0]).toMatchObject({ isOpen: false, receivedBytes: 16, sentBytes: 71 });
  });

  test('carry websockets, with the headers of their handshake', async () => {
    const { dial, log } = await start();
    const socket = dial();
    const [upgrade] = await Promise.all([once(socket, 'upgrade'), talk(socket, 'last')]).then(
      ([first]) => first,
    );
    expect(upgrade.headers['x-request-id']).toBe('R');
    expect(await log.find({ kind: 'end' })).toMatchObject({ by: 'vendor', detail: 'closed with 1000 done' });
    expect(log.entries({ kind: 'message' })).toMatchObject([{ text: 'last' }]);
  });

  test('refuse a wrong key in the words of the vendor', async () => {
    const { post } = await start();
    const response = await post({ key: 'wrong' });
    expect([response.status, response.headers.get('x-said'), await response.text()]).toEqual([
      401,
      'no',
      '{"error":401}',
    ]);
  });

  test('say what they do not know', async () => {
    const { baseUrl, faults } = await start();
    expect(await (await fetch(`${baseUrl}/other`)).text()).toContain(
      'the simulated counter has no GET /other',
    );
    expect(() => faults.arm('nobody', 'llm', { kind: 'hang' })).toThrow('there are: counter');
  });

  test('see a client leave in mid-answer as its cancel', async () => {
    const { post, faults, log } = await start();
    faults.arm('counter', 'llm', { kind: 'hang', afterMessages: 1 });
    const leaving = new AbortController();
    const response = await post({ signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    expect(await log.find({ kind: 'cancel', vendor: 'counter' })).toMatchObject({ stage: 'llm' });
    expect(log.openCount).toBe(0);
  });

  test('a fault holds as often as it was armed for, for its vendor and stage', async () => {
    const { post, faults, dial } = await start();
    faults.arm('counter', 'llm', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 2);
    expect((await talk(dial(), 'last')).code).toBe(1000);
    const refused = await post();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await post()).status).toBe(429);
    expect((await post()).status).toBe(200);
  });
});

describe('faults of HTTP answers', () => {
  const answered = async (fault: Fault) => {
    const { post, faults, log } = await start();
    faults.arm('counter', 'llm', fault);
    const outcome = await post().then(
      (response) => response.text().catch((error: Error) => `threw ${error.message}`),
      (error: Error) => `threw ${error.message}`,
    );
    return { outcome, met: log.entries({ kind: 'fault' }).length };
  };

  test('a truncated stream ends in good order', async () => {
    expect(await answered({ kind: 'truncate', afterMessages: 2 })).toEqual({
      outcome: 'data: {"apples":1}\n\ndata: {"apples":2}\n\n',
      met: 1,
    });
  });

  test('a cut one does not', async () => {
    expect((await answered({ kind: 'cut', afterMessages: 2 })).outcome).toBe('threw terminated');
  });

  test('wrong JSON is half an event in its place', async () => {
    expect((await answered({ kind: 'wrongJson', afterMessages: 1 })).outcome).toBe(
      'data: {"apples":1}\n\ndata: {"a\n\ndata: {"apples":3}\n\ndata: end\n\n',
    );
  });

  test('a skewed clock shows in what the vendor tells', async () => {
    expect((await answered({ kind: 'clockSkew', skewMs: 1_000 })).outcome).toContain('{"apples":1001}');
  });

  test('a quirk is what the vendor makes of it', async () => {
    expect((await answered({ kind: 'quirk', name: 'noEnd' })).outcome).not.toContain('end');
  });

  test('no answer and one byte a second last until the client leaves', async () => {
    const { post, faults, log } = await start();
    for (const kind of ['noAnswer', 'drip'] as const) {
      faults.arm('counter', 'llm', { kind });
      const leaving = new AbortController();
      const answer = post({ signal: leaving.signal }).then((response) => response.text());
      await log.find({ kind: 'fault' });
      leaving.abort();
      await expect(answer).rejects.toThrow();
      await log.find({ kind: 'cancel' });
      expect(log.openCount).toBe(0);
      log.clear();
    }
  });
});

describe('faults of websockets', () => {
  const talked = async (fault: Fault, message = 'last') => {
    const { dial, faults } = await start();
    faults.arm('counter', 'tts', fault);
    return talk(dial(), message);
  };

  test('a cut one has no close frame', async () => {
    expect(await talked({ kind: 'cut', afterMessages: 2 })).toMatchObject({
      received: ['{"count":1}', '{"count":2}'],
      code: 1006,
    });
  });

  test('a close tells its code and reason', async () => {
    expect(await talked({ kind: 'close', code: 1011, reason: 'too slow' })).toEqual({
      received: [],
      code: 1011,
      reason: 'too slow',
    });
  });

  test('a truncated one closes as if all were said', async () => {
    expect(await talked({ kind: 'truncate', afterMessages: 1 })).toMatchObject({
      received: ['{"count":1}'],
      code: 1000,
    });
  });

  test('wrong JSON is half a message in its place', async () => {
    expect((await talked({ kind: 'wrongJson', afterMessages: 1 })).received).toEqual([
      '{"count":1}',
      '{"cou',
      '{"count":3}',
    ]);
  });

  test('a fault meets a socket that was open before it was armed', async () => {
    const { dial, faults } = await start();
    const socket = dial();
    await once(socket, 'open');
    socket.send('more');
    await once(socket, 'message');
    faults.arm('counter', 'tts', { kind: 'close', code: 4000, reason: 'enough' });
    socket.send('more');
    expect(Number((await once(socket, 'close'))[0])).toBe(4000);
  });

  test('a refused handshake tells status, headers and body', async () => {
    const { dial, faults } = await start();
    faults.arm('counter', 'tts', { kind: 'status', status: 503 });
    const [, response] = await once(dial(), 'unexpected-response');
    expect([response.statusCode, response.headers['x-said'], String(await once(response, 'data'))]).toEqual([
      503,
      'no',
      '{"error":503}',
    ]);
  });

  test('hanging and dripping sockets say nothing that is whole, and stop with the simulators', async () => {
    for (const kind of ['hang', 'drip', 'noAnswer'] as const) {
      const { dial, faults, log, stop } = await start();
      faults.arm('counter', 'tts', { kind });
      const socket = dial();
      const received: string[] = [];
      socket.on('message', (data) => received.push(String(data)));
      socket.on('error', () => {});
      socket.on('open', () => socket.send('more'));
      await log.find({ kind: 'fault' });
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await stop();
      await closed;
      expect(received).toEqual([]);
      expect(log.openCount).toBe(0);
    }
  });
});
