import { callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { createDeferred } from '../runtime/deferred.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createInternalClient } from './internal-client.ts';
import { createInternalRequest } from './internal-request.ts';
import { mintInternalToken } from './internal-token.ts';

const key = { apiKey: 'key', apiSecret: 'a secret' };
const request = { callId: callIdSchema.parse('RM_1'), seat: MAIN_SEAT, generation: 2, workerId: 'worker-1' };
const never = new AbortController().signal;

function clientOf(answer: (url: string, init: RequestInit) => Promise<Response>) {
  const clock = createVirtualClock();
  const client = createInternalClient(
    createInternalRequest({
      serverUrl: 'http://server',
      mintToken: () => mintInternalToken(key),
      fetch: (url, init = {}) => answer(String(url), init),
      clock,
    }),
  );
  return { client, clock };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => error.code ?? error.message,
  );

describe('what a worker asks of the server', () => {
  it('carries a token that the LiveKit secret signed, for five minutes and this purpose', async () => {
    const seen: { url: string; init: RequestInit }[] = [];
    const { client } = clientOf(async (url, init) => {
      seen.push({ url, init });
      return Response.json({ kind: 'granted' });
    });
    expect(await client.claim(request, never)).toEqual({ kind: 'granted' });
    expect(seen[0]?.url).toBe('http://server/internal/claims');
    expect(JSON.parse(String(seen[0]?.init.body))).toEqual(request);
    const token = new Headers(seen[0]?.init.headers).get('authorization')?.replace('Bearer ', '') ?? '';
    const secret = new TextEncoder().encode(key.apiSecret);
    await jwtVerify(token, secret, { issuer: 'key', audience: 'parley-internal', algorithms: ['HS256'] });
    const { exp = 0, iat = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(300);
  });

  it('fails with a code for each way of no answer', async () => {
    const answers = (answer: Response) => codeOf(clientOf(async () => answer).client.claim(request, never));
    expect(await answers(new Response('no', { status: 401 }))).toBe('refused');
    expect(await answers(new Response('oops', { status: 500 }))).toBe('refused');
    expect(await answers(new Response('what?', { status: 400 }))).toBe('faulty');
    expect(await answers(new Response('<html>'))).toBe('protocol');
    expect(await answers(Response.json({ kind: 'maybe' }))).toBe('protocol');
    expect(await answers(new Response(''))).toBe('protocol');
    const unreachable = clientOf(() => Promise.reject(new TypeError('fetch failed')));
    expect(await codeOf(unreachable.client.claim(request, never))).toBe('unreachable');
  });

  it('waits 2 s and no longer', async () => {
    const asked = createDeferred<void>();
    const { client, clock } = clientOf((_url, { signal }) => {
      asked.resolve();
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    });
    const settled = codeOf(client.claim(request, never));
    await asked.promise;
    await clock.advance(2_000);
    expect(await settled).toBe('timeout');
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends with its call', async () => {
    const ended = new AbortController();
    const { client } = clientOf((_url, { signal }) => {
      ended.abort(new Error('over'));
      return Promise.reject(signal?.reason);
    });
    expect(await codeOf(client.claim(request, ended.signal))).toBe('over');
  });
});
