import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callIdSchema } from '@parley/contracts/ids';
import { FILE_DIGEST_HEADER } from '@parley/contracts/internal-api';
import { expect, it, onTestFinished } from 'vitest';
import { createMonotonicClock } from '../runtime/clock.ts';
import { createInternalRequest } from '../worker/internal-request.ts';
import { createShipmentClient } from './shipment-client.ts';

const never = new AbortController().signal;
const call = { callId: callIdSchema.parse('RM_a/b'), generation: 2 };

/** A client of a server that reads a request to its end and answers it with a status. */
async function clientOf(status: number, { reads = true } = {}) {
  const requests: { request: IncomingMessage; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    if (reads) for await (const piece of request) pieces.push(piece);
    requests.push({ request, body: Buffer.concat(pieces) });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-upload-'));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const client = createShipmentClient(
    createInternalRequest({
      serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      mintToken: async () => 'a-token',
      fetch,
      clock: createMonotonicClock(),
    }),
  );
  const file = (bytes: Buffer) => {
    const name = path.join(folder, 'sound');
    writeFileSync(name, bytes);
    return { path: name, name: 'recording.part' } as const;
  };
  return { client, requests, file };
}

it('sends a file as it is, with its length and its digest', async () => {
  const { client, requests, file } = await clientOf(204);
  const bytes = randomBytes(3_000_001);
  expect(await client.upload(file(bytes), call, never)).toBe('stored');
  const [{ request, body } = {}] = requests;
  expect(`${request?.method} ${request?.url}`).toBe('PUT /internal/files/RM_a%2Fb/2/recording.part');
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer a-token',
    'content-length': '3000001',
    [FILE_DIGEST_HEADER]: createHash('sha256').update(bytes).digest('hex'),
  });
  expect(body?.equals(bytes)).toBe(true);
});

it('sends one that is empty', async () => {
  const { client, requests, file } = await clientOf(204);
  expect(await client.upload(file(Buffer.alloc(0)), call, never)).toBe('stored');
  expect(requests[0]?.body.length).toBe(0);
});

it('says what the server says of it', async () => {
  const bytes = randomBytes(1_000);
  const gone = await clientOf(410);
  expect(await gone.client.upload(gone.file(bytes), call, never)).toBe('deleted');
  const damaged = await clientOf(409);
  await expect(damaged.client.upload(damaged.file(bytes), call, never)).rejects.toMatchObject({
    code: 'refused',
  });
  const tooLarge = await clientOf(413);
  await expect(tooLarge.client.upload(tooLarge.file(bytes), call, never)).rejects.toMatchObject({
    code: 'faulty',
  });
});

it('is content with an answer before the end', async () => {
  const bytes = randomBytes(10_000_000);
  for (const [status, outcome] of [
    [410, 'deleted'],
    [413, 'faulty'],
  ] as const) {
    const { client, file } = await clientOf(status, { reads: false });
    const upload = client.upload(file(bytes), call, never).catch(({ code }) => code);
    // The rest of the body may meet a connection that is closed by then.
    expect([outcome, 'unreachable']).toContain(await upload);
  }
});

it('ends with its owner', async () => {
  const { client, file } = await clientOf(204);
  const ended = AbortSignal.abort(new Error('over'));
  await expect(client.upload(file(randomBytes(10)), call, ended)).rejects.toThrow('over');
});
