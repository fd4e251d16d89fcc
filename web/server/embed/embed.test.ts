import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiErrorSchema, embedAnswerSchema } from '@parley/contracts/http-api';
import { afterAll, describe, expect, it } from 'vitest';
import { ACCESS_KEY, createTestApp, workerReport } from '../testing/test-app.ts';

const SHOP = 'https://shop.example';
const agents = workerReport().agents.flatMap((agent) => [
  agent,
  { ...agent, name: 'helpdesk', title: 'Help desk', isPublic: true },
]);

const clientDir = mkdtempSync(join(tmpdir(), 'parley-embed-'));
mkdirSync(join(clientDir, 'embed'));
writeFileSync(join(clientDir, 'index.html'), 'the page');
writeFileSync(join(clientDir, 'embed', 'index.html'), 'the page in a frame');
writeFileSync(join(clientDir, 'embed.js'), 'the script');
afterAll(() => rmSync(clientDir, { recursive: true }));

function open(access: { readonly accessKey?: string } = { accessKey: ACCESS_KEY }) {
  const app = createTestApp({ ...access, allowedOrigins: [SHOP], clientDir });
  app.workers.report(workerReport({ agents }));
  return app;
}
const errorOf = async (response: Response) => apiErrorSchema.parse(await response.json()).error;

describe('GET /api/embed', () => {
  const ask = (app: ReturnType<typeof open>, agent: string | null, origin = SHOP) =>
    app.request(`/api/embed${agent === null ? '' : `?agent=${agent}`}`, { headers: { origin } });

  it('tells an allowed page which agent it may embed', async () => {
    const response = await ask(open(), 'helpdesk');
    expect(response.status).toBe(200);
    expect(embedAnswerSchema.parse(await response.json())).toEqual({
      agent: { name: 'helpdesk', title: 'Help desk' },
    });
  });

  it('tells any other page that it may not, in words that it can read', async () => {
    const response = await ask(open(), 'helpdesk', 'https://evil.example');
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await errorOf(response)).toMatchObject({ code: 'origin_not_allowed' });
  });

  it('tells a guarded agent from one that there is not in no way', async () => {
    const app = open();
    const guarded = await ask(app, 'receptionist');
    expect(guarded.status).toBe(404);
    const { message } = await errorOf(guarded);
    expect(message).toContain('public: true');
    expect(await errorOf(await ask(app, 'nobody'))).toMatchObject({
      message: message.replace('receptionist', 'nobody'),
    });
    expect((await ask(app, null)).status).toBe(404);
  });

  it('opens every agent where no access key is asked for', async () => {
    const app = open({});
    expect((await ask(app, 'receptionist')).status).toBe(200);
    expect((await ask(app, null)).status).toBe(200);
    expect((await ask(app, 'nobody')).status).toBe(404);
  });
});

describe('the page of an embedded call', () => {
  it('may be framed by allowed pages and our own, the page itself by none', async () => {
    const { request } = open();
    const embed = await request('/embed?agent=helpdesk');
    expect(await embed.text()).toBe('the page in a frame');
    expect(embed.headers.get('content-security-policy')).toContain(`frame-ancestors 'self' ${SHOP};`);
    expect(embed.headers.get('x-frame-options')).toBeNull();
    for (const path of ['/', '/embed.js', '/embed/index.html', '/embedded']) {
      const { headers } = await request(path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none';");
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });

  it('is put there by a script that every page may load, and that is fresh within minutes', async () => {
    const { request } = open();
    const script = await request('/embed.js');
    expect(await script.text()).toBe('the script');
    expect(script.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(script.headers.get('cache-control')).toBe('public, max-age=300');
    expect((await request('/')).headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  it('turns no text into code or markup', async () => {
    const { request } = open();
    for (const path of ['/', '/embed']) {
      const policy = (await request(path)).headers.get('content-security-policy');
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
      expect(policy).toContain("worker-src 'self';");
      expect(policy).not.toContain('blob:');
    }
  });
});
