import { PROVIDERS } from '@parley/agent/call/choose-providers';
import type { Provider } from '@parley/agent/runtime/provider';
import { expect, it } from 'vitest';
import { testLive } from '../../commands/test-live.ts';
import { whyNotLive } from './why-not-live.ts';

const providers: readonly Provider<unknown>[] = Object.values(PROVIDERS).flat();

it('is a key that is not set, or an address where none is needed', () => {
  const reasons = providers.map((provider) => whyNotLive(provider, { keys: {}, baseUrls: {} }));
  expect(reasons).toEqual(
    providers.map(({ key, baseUrl }) => expect.stringContaining(`${key ?? baseUrl?.variable} is not set`)),
  );
});

it('is nothing once the key is set, or the address', () => {
  const access = {
    keys: Object.fromEntries(providers.flatMap(({ key }) => (key === null ? [] : [[key, 'a-key']]))),
    baseUrls: { OLLAMA_BASE_URL: 'http://127.0.0.1:9' },
  };
  const asked = providers.filter((provider) => whyNotLive(provider, access) === null);
  expect(asked.map(({ name }) => name)).toEqual(
    providers.filter(({ name }) => name !== 'local').map(({ name }) => name),
  );
});

it('a provider that nobody knows is told, with those that there are', async () => {
  await expect(testLive(['deepgrm'])).rejects.toMatchObject({
    code: 'invalid_flag',
    message: expect.stringMatching(/no provider deepgrm.*deepgram, openai/),
  });
});
