import { expect, it } from 'vitest';
import { fetchAgents } from './agents.ts';

const answering = (body: string, status = 200): typeof fetch => {
  return async () => new Response(body, { status });
};

it('lists who can be called, the default one first', async () => {
  const body = JSON.stringify({
    agents: [
      { name: 'storyteller', title: 'Storyteller', description: '', language: 'en', isDefault: false },
      { name: 'desk', title: '', description: 'Answers.', language: 'en', isDefault: true, extra: 1 },
      { title: 'nameless' },
    ],
  });
  expect(await fetchAgents({ fetch: answering(body) })).toEqual({
    kind: 'listed',
    agents: [
      { name: 'desk', title: 'desk', description: 'Answers.', language: 'en', isDefault: true },
      { name: 'storyteller', title: 'Storyteller', description: '', language: 'en', isDefault: false },
    ],
  });
});

it.each([
  ['a page of a proxy', answering('<html>', 502)],
  ['a refusal', answering('{"error":{"code":"access_key_required","message":"Key?"}}', 401)],
  ['silence', () => Promise.reject(new TypeError('Failed to fetch'))],
])('takes %s for an answer that says nothing', async (_what, fetch) => {
  expect(await fetchAgents({ fetch })).toEqual({ kind: 'unknown' });
});
