import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestApp } from '../testing/test-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-client-'));
const clientDir = join(folder, 'client');
mkdirSync(join(clientDir, 'assets'), { recursive: true });
writeFileSync(join(folder, 'secret.txt'), 'not for the web');
writeFileSync(join(clientDir, 'index.html'), '<!doctype html><title>Parley</title>');
writeFileSync(join(clientDir, 'assets', 'index-abc123.js'), `/* ${'long '.repeat(1_000)} */`);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the web client', () => {
  it('keeps hashed files for ever and the page never', async () => {
    const { request } = createTestApp({ clientDir });
    const script = await request('/assets/index-abc123.js');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const page = await request('/');
    expect(await page.text()).toContain('<title>Parley</title>');
    expect(page.headers.get('cache-control')).toBe('no-cache');
  });

  it('gives the page for any path of the client, and 404 for files that there are not', async () => {
    const { request } = createTestApp({ clientDir });
    expect(await (await request('/calls/RM_1')).text()).toContain('<title>Parley</title>');
    for (const path of ['/assets/index-gone.js', '/robots.txt', '/api/nothing', '/webhooks/x']) {
      const response = await request(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('gives nothing from outside its folder', async () => {
    const { request } = createTestApp({ clientDir });
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%5c..%5csecret.txt',
      '//secret.txt',
    ]) {
      expect(await (await request(`http://localhost${path}`)).text()).not.toContain('not for the web');
    }
  });

  it('sends large text compressed to who takes it so', async () => {
    const { request } = createTestApp({ clientDir });
    const response = await request('/assets/index-abc123.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
  });

  it('lets the page run its own code and talk to its own server only', async () => {
    const { request } = createTestApp({ clientDir });
    const { headers } = await request('http://localhost:3000/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("connect-src 'self' ws://localhost:3000;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(headers.get('permissions-policy')).toContain('microphone=(self)');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  it('asks browsers for HTTPS only where the operator has an https address', async () => {
    const { request } = createTestApp({
      clientDir,
      publicUrl: 'https://voice.example',
      accessKey: 'sixteen-characters',
    });
    const { headers } = await request('https://voice.example/');
    expect(headers.get('strict-transport-security')).toBe('max-age=15552000');
  });

  it('refuses the page under a name that is not ours', async () => {
    const { request } = createTestApp({ clientDir });
    expect((await request('http://evil.example/')).status).toBe(403);
  });

  it('says what to do where the client is not built', async () => {
    const { request } = createTestApp({ clientDir: join(folder, 'nowhere') });
    const response = await request('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm start');
  });
});
