import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createMonotonicClock } from '../runtime/clock.ts';
import { openSarvamLine } from './sarvam-line.ts';

/** Of RFC 6455, section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

test('a vendor that refuses in the packet that answers its handshake is told as it says', async () => {
  const refusal = { type: 'error', data: { message: 'spent', code: 'insufficient_quota_error' } };
  const { opening, closed } = await openHasty(refusal);
  await expect(opening).rejects.toMatchObject({ code: 'rate_limit', retryable: false });
  await expect.poll(() => closed).toHaveLength(1);
});

test('what is no message of its protocol is a fault there too', async () => {
  await expect((await openHasty({ type: 7 })).opening).rejects.toMatchObject({ code: 'protocol' });
});

test('an end of what nobody asked for is passed over', async () => {
  const { opening, closed } = await openHasty({ type: 'event', data: { event_type: 'final' } });
  const line = await opening;
  line.close();
  await expect.poll(() => closed).toEqual([line]);
});

async function openHasty(said: object) {
  const closed: unknown[] = [];
  const opening = openSarvamLine({
    url: await startHasty(JSON.stringify(said)),
    apiKey: 'key',
    clock: createMonotonicClock(),
    signal: new AbortController().signal,
    onSaid() {},
    onClosed: (gone) => closed.push(gone),
  });
  opening.catch(() => {});
  return { opening, closed };
}

/** A server whose first frame is in one packet with its handshake, so that it comes before who awaits that goes on. */
async function startHasty(text: string): Promise<string> {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${HANDSHAKE_GUID}`)
      .digest('base64');
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    const payload = Buffer.from(text);
    socket.on('error', () => {});
    socket.write(Buffer.concat([Buffer.from(head), Buffer.of(0x81, payload.length), payload]));
    socket.on('data', () => socket.end());
    onTestFinished(() => void socket.destroy());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
