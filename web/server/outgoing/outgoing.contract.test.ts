import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { readAllowRule } from './allow-list.ts';
import type { LookUp } from './guarded-agent.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A server on loopback; resolves with its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function outgoing(allow: readonly string[], lookUp?: LookUp): Outgoing {
  const rules = allow.map(readAllowRule).filter((rule) => rule !== null);
  const made = createOutgoing(lookUp === undefined ? { allow: rules } : { allow: rules, lookUp });
  closing.push(() => made.close());
  return made;
}

const post = (by: Outgoing, url: string, options: { maxAnswerBytes?: number; signal?: AbortSignal } = {}) =>
  by.post({
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"said":"grüß dich"}',
    maxAnswerBytes: options.maxAnswerBytes ?? 1_024,
    signal: options.signal ?? new AbortController().signal,
  });

it('posts the body as it is, and reads the beginning of the answer', async () => {
  const got: string[] = [];
  const port = await serve(async (request, response) => {
    for await (const part of request) got.push(String(part));
    response.writeHead(201, { 'retry-after': '7' }).end('a'.repeat(100_000));
  });
  const answer = await post(outgoing(['127.0.0.1']), `http://127.0.0.1:${port}/hook`, { maxAnswerBytes: 10 });
  expect(answer).toEqual({ status: 201, retryAfterS: 7, text: 'a'.repeat(10) });
  expect(got.join('')).toBe('{"said":"grüß dich"}');
});

it('reaches no port of this machine that was not allowed', async () => {
  let asked = 0;
  const port = await serve((_request, response) => {
    asked++;
    response.end();
  });
  const toNobody = { code: 'forbidden_address' };
  const closed = outgoing([]);
  await expect(post(closed, `https://127.0.0.1:${port}/`)).rejects.toMatchObject(toNobody);
  await expect(post(closed, `https://localhost:${port}/`)).rejects.toMatchObject(toNobody);
  const elsewhere = outgoing([`127.0.0.1:${port + 1}`]);
  await expect(post(elsewhere, `https://localhost:${port}/`)).rejects.toMatchObject(toNobody);
  expect(asked).toBe(0);
});

it('connects to the address that was judged, though the name leads elsewhere a moment later', async () => {
  let asked = 0;
  const port = await serve((_request, response) => {
    asked++;
    response.end('judged');
  });
  const answers = [['127.0.0.1'], ['127.0.0.2'], ['169.254.169.254']];
  let lookUps = 0;
  const lookUp: LookUp = async () => {
    const found = answers[lookUps++] ?? [];
    return found.map((address) => ({ address, family: 4 }));
  };
  const rebinding = () => outgoing(['127.0.0.1'], lookUp);
  expect(await post(rebinding(), `http://hooks.example:${port}/`)).toMatchObject({ text: 'judged' });
  expect(lookUps).toBe(1);
  await expect(post(rebinding(), `http://hooks.example:${port}/`)).rejects.toMatchObject({
    code: 'forbidden_address',
  });
  await expect(post(rebinding(), `http://hooks.example:${port}/`)).rejects.toMatchObject({
    code: 'forbidden_address',
  });
  expect(asked).toBe(1);
});

it('follows no redirect', async () => {
  let second = 0;
  const inner = await serve((_request, response) => {
    second++;
    response.end();
  });
  const port = await serve((_request, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${inner}/` }).end();
  });
  expect(await post(outgoing(['127.0.0.1']), `http://127.0.0.1:${port}/`)).toMatchObject({ status: 307 });
  expect(second).toBe(0);
});

it('ends with the reason of its signal while a server gives no answer, and while it drips one', async () => {
  const silent = await serve(() => {});
  const dripping = await serve((_request, response) => {
    response.writeHead(200).write('a');
  });
  for (const port of [silent, dripping]) {
    const ending = new AbortController();
    const posted = post(outgoing(['127.0.0.1']), `http://127.0.0.1:${port}/`, { signal: ending.signal });
    const reason = new Error('enough');
    setTimeout(() => ending.abort(reason), 50);
    await expect(posted).rejects.toBe(reason);
  }
});

it('says what went wrong', async () => {
  const port = await serve((request) => request.socket.destroy());
  const by = outgoing(['127.0.0.1', 'localhost']);
  await expect(post(by, `http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'connection_failed' });
  await expect(post(by, `https://localhost:${port}/`)).rejects.toMatchObject({ code: 'connection_failed' });
  const nowhere = outgoing([], () => Promise.reject(new Error('ENOTFOUND')));
  await expect(post(nowhere, 'https://nowhere.example/')).rejects.toMatchObject({ code: 'name_not_found' });
});
