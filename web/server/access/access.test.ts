import { apiErrorSchema } from '@parley/contracts/http-api';
import { describe, expect, it } from 'vitest';
import { ACCESS_KEY, createTestApp } from '../testing/test-app.ts';

const cookieOf = (response: Response) => response.headers.get('set-cookie') ?? '';
const cookiePair = (response: Response) => cookieOf(response).split(';')[0] ?? '';
const codeOf = async (response: Response) => apiErrorSchema.parse(await response.json()).error.code;

describe('the access key', () => {
  it('is swapped for a cookie that holds no key and opens the API', async () => {
    const { post, request } = createTestApp({ accessKey: ACCESS_KEY });
    const response = await post('/api/access', { key: ACCESS_KEY });
    expect(response.status).toBe(204);
    expect(cookieOf(response)).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookieOf(response)).not.toContain(ACCESS_KEY);
    const cookie = cookiePair(response);
    expect((await request('/api/agents', { headers: { cookie } })).status).toBe(200);
    expect((await post('/api/token', {}, { cookie })).status).toBe(200);
  });

  it('gives a Secure cookie over HTTPS', async () => {
    const { post } = createTestApp({ accessKey: ACCESS_KEY });
    expect(cookieOf(await post('https://localhost/api/access', { key: ACCESS_KEY }))).toContain('; Secure');
  });

  it('refuses a cookie that was changed, or made with another key', async () => {
    const { post, request } = createTestApp({ accessKey: ACCESS_KEY });
    const cookie = cookiePair(await post('/api/access', { key: ACCESS_KEY }));
    const later = cookie.replace(/=(\d)/, (_all, digit: string) => `=${(Number(digit) + 1) % 10}`);
    expect((await request('/api/agents', { headers: { cookie: later } })).status).toBe(401);
    const other = createTestApp({ accessKey: 'another-key-of-another-server' });
    expect((await other.request('/api/agents', { headers: { cookie } })).status).toBe(401);
  });

  it('refuses a cookie after its 30 days', async () => {
    let nowEpochS = 1_000;
    const { post, request } = createTestApp({ accessKey: ACCESS_KEY, nowEpochS: () => nowEpochS });
    const cookie = cookiePair(await post('/api/access', { key: ACCESS_KEY }));
    nowEpochS += 30 * 24 * 3_600 - 1;
    expect((await request('/api/agents', { headers: { cookie } })).status).toBe(200);
    nowEpochS += 1;
    expect((await request('/api/agents', { headers: { cookie } })).status).toBe(401);
  });

  it('opens nothing when it is wrong, and cannot be guessed for long', async () => {
    const { post } = createTestApp({ accessKey: ACCESS_KEY });
    for (let guess = 0; guess < 10; guess++) {
      const response = await post('/api/access', { key: `wrong-${guess}` });
      expect(response.status).toBe(401);
      expect(await codeOf(response)).toBe('access_key_wrong');
    }
    expect((await post('/api/access', { key: 'wrong again' })).status).toBe(429);
    expect((await post('/api/token', {}, { authorization: 'Bearer wrong' })).status).toBe(429);
    // Whoever shares the address and came in before stays in, and another address is not touched.
    expect((await post('/api/access', { key: ACCESS_KEY }, {}, '10.0.0.2')).status).toBe(204);
  });

  it('is not asked for on a server that only this machine reaches', async () => {
    const { post, request } = createTestApp();
    expect((await request('/api/agents')).status).toBe(200);
    expect((await post('/api/access', { key: 'anything' })).status).toBe(204);
  });

  it('guards agents and tokens, and leaves health open', async () => {
    const { post, request } = createTestApp({ accessKey: ACCESS_KEY });
    expect((await request('/api/agents')).status).toBe(401);
    expect((await post('/api/token', {})).status).toBe(401);
    expect((await request('/api/health')).status).toBe(200);
  });
});

describe('a link with the key', () => {
  it('sets the cookie and takes the key out of the address', async () => {
    const { request } = createTestApp({ accessKey: ACCESS_KEY });
    const response = await request(`/talk?key=${ACCESS_KEY}&agent=receptionist`);
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/talk?agent=receptionist');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const cookie = cookiePair(response);
    expect((await request('/api/agents', { headers: { cookie } })).status).toBe(200);
  });

  it('leads to the page without a cookie when the key is wrong', async () => {
    const { request } = createTestApp({ accessKey: ACCESS_KEY });
    const response = await request('/?key=wrong');
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/');
    expect(cookieOf(response)).toBe('');
  });

  it('never leads to another host', async () => {
    const { request } = createTestApp();
    const response = await request('http://localhost//evil.example/?key=x');
    expect(response.headers.get('location')).toBe('/evil.example/');
  });
});
