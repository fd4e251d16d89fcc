import { request } from 'node:http';
import { Hono } from 'hono';
import { expect, it, onTestFinished } from 'vitest';
import { createMonotonicClock } from '../runtime/clock.ts';
import type { ServerEnv } from './client-address.ts';
import { limitBody } from './limit-body.ts';
import { listen } from './listen.ts';

/** Sends a request over a connection and resolves with its status and text; a list is a body whose length is not told. */
async function ask(method: string, body: string | readonly string[] | null): Promise<string> {
  const app = new Hono<ServerEnv>();
  app.onError((error, c) => c.text(`${'code' in error ? error.code : error.message}`, 400));
  app.use(limitBody(10));
  app.all('/', async (c) => c.text(`${c.req.method} ${c.req.header('x-mine')} ${await c.req.text()}`));
  const listener = await listen({
    app,
    rtcProxy: null,
    host: '127.0.0.1',
    port: 0,
    portVariable: 'PORT',
    tls: null,
    clock: createMonotonicClock(),
  });
  onTestFinished(() => listener.close());
  return new Promise((resolve, reject) => {
    const headers = { 'x-mine': 'yes', ...(typeof body === 'string' && { 'content-length': body.length }) };
    const asked = request({ port: listener.port, method, headers }, (response) => {
      let text = '';
      response.on('data', (piece) => (text += piece)).on('end', () => resolve(text));
    });
    asked.on('error', reject);
    for (const piece of typeof body === 'string' ? [body] : (body ?? [])) asked.write(piece);
    asked.end();
  });
}

it('lets through what is small enough, whether or not its length was told', async () => {
  expect(await ask('POST', '0123456789')).toBe('POST yes 0123456789');
  expect(await ask('POST', ['01234', '56789'])).toBe('POST yes 0123456789');
});

it('lets through what has no body', async () => {
  expect(await ask('GET', null)).toBe('GET yes ');
  expect(await ask('DELETE', null)).toBe('DELETE yes ');
});

it('refuses what is larger', async () => {
  expect(await ask('POST', '0123456789a')).toBe('body_too_large');
  expect(await ask('POST', ['01234', '56789', 'a'])).toBe('body_too_large');
});
