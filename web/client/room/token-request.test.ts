import { expect, it } from 'vitest';
import { requestToken } from './token-request.ts';

function answering(status: number, body: unknown, headers: Record<string, string> = {}): typeof fetch {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return async () => new Response(text, { status, headers });
}

const request = (fetch: typeof globalThis.fetch, signal = new AbortController().signal) =>
  requestToken({ fetch, agentName: null, signal });

it('reads a grant in LiveKit’s form', async () => {
  const fetch = answering(201, { server_url: 'ws://here', participant_token: 'abc', extra: 1 });
  expect(await request(fetch)).toEqual({
    kind: 'granted',
    serverUrl: 'ws://here',
    token: 'abc',
  });
});

it.each([
  [null, {}],
  ['storyteller', { room_config: { agents: [{ agent_name: 'storyteller' }] } }],
])('asks for the agent %s in LiveKit’s form', async (agentName, body) => {
  const asked: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    asked.push(JSON.parse(String(init?.body)));
    return new Response('{}', { status: 500 });
  };
  await requestToken({ fetch, agentName, signal: new AbortController().signal });
  expect(asked).toEqual([body]);
});

it('hands on the server’s own words when it refuses', async () => {
  const fetch = answering(404, { error: { code: 'unknown_agent', message: 'No agent is called that.' } });
  expect(await request(fetch)).toEqual({ kind: 'refused', message: 'No agent is called that.' });
});

it('asks for the access key where the server does', async () => {
  expect(await request(answering(401, { error: { code: 'access_key_required', message: 'Key?' } }))).toEqual({
    kind: 'accessKeyAsked',
  });
});

it('says how long to wait after too many calls', async () => {
  expect(await request(answering(429, {}, { 'retry-after': '7' }))).toEqual({
    kind: 'tooManyCalls',
    retryAfterS: 7,
  });
  expect(await request(answering(429, {}))).toEqual({ kind: 'tooManyCalls', retryAfterS: null });
});

it('takes a silent server and a proxy without one for unreachable', async () => {
  const silent = async () => {
    throw new TypeError('Failed to fetch');
  };
  expect(await request(silent)).toEqual({ kind: 'unreachable' });
  expect(await request(answering(502, '<html>Bad Gateway</html>'))).toEqual({ kind: 'unreachable' });
});

it('hands on a reason given with a status that a proxy also uses', async () => {
  const fetch = answering(503, {
    error: { code: 'livekit_unavailable', message: 'The media server does not answer.' },
  });
  expect(await request(fetch)).toEqual({ kind: 'refused', message: 'The media server does not answer.' });
});

it('refuses an answer that is no grant', async () => {
  expect(await request(answering(200, '<html>'))).toMatchObject({ kind: 'refused' });
  expect(await request(answering(500, ''))).toEqual({
    kind: 'refused',
    message: 'The server answered with status 500.',
  });
});

it('rejects with the reason of its signal', async () => {
  const over = new AbortController();
  const pending = request(
    () =>
      new Promise((_, reject) => over.signal.addEventListener('abort', () => reject(new Error('aborted')))),
    over.signal,
  );
  over.abort(new Error('given up'));
  await expect(pending).rejects.toThrow('given up');
});
