import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { providerVariables } from '@parley/agent/config/provider-variables';
import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../settings/layers.ts';
import { type KeyedProvider, providerFindings } from './provider-findings.ts';

const KEY = 'sk-planted-0123456789';

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** A vendor that answers each request alike; it repeats the key that it was given, as some do. */
async function vendor(status: number, body = '{}') {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(`${body} ${JSON.stringify(request.headers)}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

const PREFIXES = ['OPENAI', 'GOOGLE', 'XAI', 'DEEPGRAM', 'CARTESIA', 'ELEVENLABS', 'SARVAM'];
const providerOf = (prefix: string, stage: KeyedProvider['stage'] = 'llm'): KeyedProvider => ({
  stage,
  provider: prefix.toLowerCase(),
  key: `${prefix}_API_KEY`,
  baseUrl: { variable: `${prefix}_BASE_URL`, usual: 'http://127.0.0.1:9' },
});
const given = (values: Readonly<Record<string, string>>): Settings =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value, source: '.env' }]));
const find = (providers: readonly KeyedProvider[], values: Readonly<Record<string, string>>) =>
  providerFindings({ providers, settings: given(values), signal: new AbortController().signal });

describe('the doctor on keys of providers', () => {
  it('asks nobody where none is set, and says which there are', async () => {
    expect(await find([providerOf('OPENAI'), providerOf('XAI')], {})).toEqual([
      { kind: 'sound', what: 'providers', detail: 'not set, and not used: OPENAI_API_KEY, XAI_API_KEY' },
    ]);
  });

  it.each(PREFIXES)(
    'asks the vendor of %s once, without cost, and tells neither key nor answer',
    async (prefix) => {
      for (const [status, body, kind] of [
        [200, '{}', 'sound'],
        [prefix === 'SARVAM' ? 403 : 401, '{"detail":{"status":"invalid_api_key"}}', 'fault'],
        [503, '{}', 'warning'],
      ] as const) {
        const { url, asked } = await vendor(status, body);
        const findings = await find([providerOf(prefix)], {
          [`${prefix}_API_KEY`]: KEY,
          [`${prefix}_BASE_URL`]: url,
        });
        expect(asked, String(status)).toHaveLength(1);
        expect(findings.map((finding) => finding.kind)).toEqual([kind]);
        expect(JSON.stringify(findings)).not.toContain(KEY);
        server?.closeAllConnections();
        server?.close();
      }
    },
  );

  it.each([
    ['GOOGLE', 400, '[{"error":{"message":"API key not valid"}}]', 'fault'],
    ['XAI', 400, '{"error":"Incorrect API key provided: sk***89"}', 'fault'],
    ['XAI', 400, '{"error":"something else"}', 'sound'],
    ['DEEPGRAM', 403, '{}', 'sound'],
    ['ELEVENLABS', 401, '{"detail":{"status":"missing_permissions"}}', 'sound'],
    ['SARVAM', 400, '{"error":{"code":"invalid_request_error"}}', 'sound'],
  ] as const)('knows how %s refuses: %i %s', async (prefix, status, body, kind) => {
    const { url } = await vendor(status, body);
    const values = { [`${prefix}_API_KEY`]: KEY, [`${prefix}_BASE_URL`]: url };
    expect((await find([providerOf(prefix)], values)).map((finding) => finding.kind)).toEqual([kind]);
  });

  it('warns where nobody answers, and finds an address that is none', async () => {
    const [unreached] = await find([providerOf('OPENAI')], { OPENAI_API_KEY: KEY });
    expect(unreached).toMatchObject({
      kind: 'warning',
      cure: 'look at the network, or correct OPENAI_BASE_URL',
    });
    const [nowhere] = await find([providerOf('OPENAI')], { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: 'here' });
    expect(nowhere).toMatchObject({ kind: 'fault', cure: 'correct OPENAI_BASE_URL' });
    const [broken] = await find([providerOf('OPENAI')], { OPENAI_API_KEY: `${KEY}\nx` });
    expect(broken?.kind).toBe('warning');
    expect(JSON.stringify(broken)).not.toContain(KEY);
  });

  it('says what a key switches on, and what is taken where an agent names none', async () => {
    const { url } = await vendor(200);
    const providers = [
      providerOf('DEEPGRAM', 'stt'),
      providerOf('OPENAI', 'stt'),
      providerOf('OPENAI', 'tts'),
    ];
    const [deepgram, openai] = await find(providers, {
      DEEPGRAM_API_KEY: KEY,
      DEEPGRAM_BASE_URL: url,
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: url,
      PARLEY_SECRET_CRM: KEY,
    });
    const host = new URL(url).host;
    expect(deepgram?.detail).toBe(
      `DEEPGRAM_API_KEY (from .env), for recognition (where an agent names none): ${host} lets it in`,
    );
    expect(openai?.detail).toBe(
      `OPENAI_API_KEY (from .env), for recognition, voice (where an agent names none): ${host} lets it in`,
    );
  });

  it('has a question for every key there is', async () => {
    const names = Object.keys(providerVariables).filter((name) => name.endsWith('_API_KEY'));
    expect(names.sort()).toEqual(PREFIXES.map((prefix) => `${prefix}_API_KEY`).sort());
  });
});
