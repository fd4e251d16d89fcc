import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createOpenaiClient, warmOpenai } from './openai-client.ts';

test.each([
  [404, 'Not Found'],
  [403, 'You have insufficient permissions for this operation. Missing scopes: api.model.read.'],
])('a server that lists no models, with HTTP %i, is ready all the same', async (status, message) => {
  await expect(warm(status, message)).resolves.toBeUndefined();
});

test.each([
  [401, 'Incorrect API key provided.', 'auth'],
  [403, 'Country, region, or territory not supported', 'auth'],
  [500, 'down', 'unavailable'],
])('one that refuses with HTTP %i (%s) is not', async (status, message, code) => {
  await expect(warm(status, message)).rejects.toMatchObject({ code });
});

async function warm(status: number, message: string) {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ error: { message } }));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const client = createOpenaiClient({ apiKey: 'key', baseUrl });
  return warmOpenai(client, { provider: 'tested', secrets: ['key'], signal: new AbortController().signal });
}
