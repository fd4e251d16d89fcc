import { apiErrorSchema, tokenAnswerSchema } from '@parley/contracts/http-api';
import { describe, expect, it } from 'vitest';
import { ACCESS_KEY, createTestApp } from '../testing/test-app.ts';

const answerOf = async (response: Response) => tokenAnswerSchema.parse(await response.json());
const errorOf = async (response: Response) => apiErrorSchema.parse(await response.json()).error;

describe('who may ask', () => {
  it('refuses a host name that is not ours', async () => {
    const { post } = createTestApp();
    const response = await post('http://evil.example/api/token', {});
    expect(response.status).toBe(403);
    expect((await errorOf(response)).code).toBe('host_not_allowed');
  });

  it('answers to every loopback name and to the public one', async () => {
    const { post } = createTestApp({ publicUrl: 'https://voice.example/talk', accessKey: ACCESS_KEY });
    const key = { authorization: `Bearer ${ACCESS_KEY}` };
    const serverUrl = async (url: string, headers = {}) =>
      (await answerOf(await post(`${url}/api/token`, {}, { ...key, ...headers }))).server_url;
    expect(await serverUrl('http://localhost:3000')).toBe('ws://localhost:3000');
    expect(await serverUrl('http://127.0.0.1:3000')).toBe('ws://127.0.0.1:3000');
    expect(await serverUrl('http://[::1]:3000')).toBe('ws://[::1]:3000');
    expect(await serverUrl('http://voice.example')).toBe('wss://voice.example/talk');
    const behindProxy = await serverUrl('http://127.0.0.1:3000', { origin: 'https://voice.example' });
    expect(behindProxy).toBe('wss://voice.example/talk');
  });

  it('answers to addresses of the network only when it listens there', async () => {
    const lan = 'http://192.168.1.20:3000/api/token';
    expect((await createTestApp().post(lan, {})).status).toBe(403);
    expect((await createTestApp({ host: '0.0.0.0' }).post(lan, {})).status).toBe(200);
    expect(
      (await createTestApp({ host: '0.0.0.0' }).post('http://rebound.example/api/token', {})).status,
    ).toBe(403);
  });

  it('refuses pages of another origin, unless the operator named it', async () => {
    const { post } = createTestApp({ allowedOrigins: ['https://shop.example'] });
    const status = async (origin: string) => (await post('/api/token', {}, { origin })).status;
    expect(await status('http://localhost')).toBe(200);
    expect(await status('https://shop.example')).toBe(200);
    expect(await status('http://evil.example')).toBe(403);
    expect(await status('http://localhost:9999')).toBe(403);
    expect(await status('null')).toBe(403);
  });

  it('lets the browser of a named origin ask first, and no other', async () => {
    const { request } = createTestApp({ allowedOrigins: ['https://shop.example'] });
    const ask = (origin: string) =>
      request('/api/token', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
    const allowed = await ask('https://shop.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('believes forwarded headers only where a proxy stands in front', async () => {
    const headers = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'localhost:8443',
      'x-forwarded-for': '1.2.3.4',
    };
    const plain = await answerOf(await createTestApp().post('/api/token', {}, headers));
    expect(plain.server_url).toBe('ws://localhost');
    const proxied = await answerOf(
      await createTestApp({ trustedProxies: 1 }).post('/api/token', {}, headers),
    );
    expect(proxied.server_url).toBe('wss://localhost:8443');
  });

  it('counts the address that the proxy saw, not the one that the client claims', async () => {
    const { post } = createTestApp({ trustedProxies: 1, tokensPerMinute: 1 });
    const from = (forwarded: string) => post('/api/token', {}, { 'x-forwarded-for': forwarded });
    expect((await from('6.6.6.6, 10.0.0.1')).status).toBe(200);
    expect((await from('7.7.7.7, 10.0.0.1')).status).toBe(429);
    expect((await from('6.6.6.6, 10.0.0.2')).status).toBe(200);
  });

  it('counts an IPv6 network as one address', async () => {
    const { post } = createTestApp({ tokensPerMinute: 1 });
    expect((await post('/api/token', {}, {}, '2001:db8::1')).status).toBe(200);
    expect((await post('/api/token', {}, {}, '2001:db8::ffff')).status).toBe(429);
    expect((await post('/api/token', {}, {}, '2001:db8:0:1::1')).status).toBe(200);
  });
});
