import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSettings, SettingsError, serverEnvironmentSchema, variableMeta } from './settings.ts';

const LIVEKIT = {
  LIVEKIT_URL: 'ws://127.0.0.1:7880',
  LIVEKIT_API_KEY: 'key',
  LIVEKIT_API_SECRET: 'hush-hush',
};
const BUCKET = {
  PARLEY_RECORDINGS_S3_URL: 'https://s3.example/calls/',
  PARLEY_RECORDINGS_S3_ACCESS_KEY_ID: 'AKEXAMPLE',
  PARLEY_RECORDINGS_S3_SECRET_ACCESS_KEY: 'a/secret+key',
};
const KEY = { PARLEY_ACCESS_KEY: 'a-key-of-more-than-sixteen' };

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings of the web server', () => {
  it('need only livekit-server', () => {
    expect(parseSettings(LIVEKIT)).toEqual({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: null,
      livekit: { url: 'http://127.0.0.1:7880', apiKey: 'key', apiSecret: 'hush-hush' },
      accessKey: null,
      isExposed: false,
      dataDir: './data',
      databaseUrl: null,
      retentionDays: null,
      recordingsBucket: null,
      prices: NO_PRICES,
      internalBind: null,
      metricsBind: null,
      allowedOrigins: [],
      outgoingAllow: [],
      tokensPerMinute: 30,
      tokenTtlS: 600,
      tls: null,
      clientDir: null,
      trustedProxies: 0,
      logsPersonal: false,
      logLevel: 'info',
    });
  });

  it('take an empty value for unset', () => {
    expect(parseSettings({ ...LIVEKIT, PORT: ' ', PUBLIC_URL: '' })).toMatchObject({
      port: 3000,
      publicUrl: null,
    });
  });

  it('name every fault at once, and no secret', () => {
    const faults = faultsOf({
      PORT: '99999',
      HOST: '0.0.0.0',
      PARLEY_TOKEN_TTL_S: '3600',
      PARLEY_ACCESS_KEY: 'short',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'PORT',
      'LIVEKIT_URL',
      'LIVEKIT_API_KEY',
      'LIVEKIT_API_SECRET',
      'PARLEY_ACCESS_KEY',
      'PARLEY_TOKEN_TTL_S',
    ]);
    expect(faults.join()).not.toContain('short,');
  });

  it.each([
    { HOST: '0.0.0.0' },
    { HOST: '192.168.1.20' },
    { HOST: '::' },
    { PUBLIC_URL: 'https://voice.example' },
  ])('refuse %j without an access key', (opened) => {
    expect(faultsOf({ ...LIVEKIT, ...opened })).toEqual([
      expect.stringContaining('PARLEY_ACCESS_KEY is not set'),
    ]);
    const settings = parseSettings({ ...LIVEKIT, ...opened, ...KEY });
    expect(settings).toMatchObject({ accessKey: KEY.PARLEY_ACCESS_KEY, isExposed: true });
  });

  it.each([
    {},
    { HOST: 'localhost' },
    { HOST: '::1' },
    { HOST: '127.0.0.2' },
    { PUBLIC_URL: 'http://localhost:3000' },
  ])('ask for nothing with %j before there is a login, and keep the key for then', (closed) => {
    const settings = parseSettings({ ...LIVEKIT, ...closed, ...KEY });
    expect(settings).toMatchObject({ accessKey: KEY.PARLEY_ACCESS_KEY, isExposed: false });
  });

  it('read lists, addresses and files', () => {
    const settings = parseSettings({
      ...LIVEKIT,
      LIVEKIT_URL: 'wss://sfu.example/',
      PARLEY_ALLOWED_ORIGINS: 'https://a.example, http://localhost:5173',
      PARLEY_OUTGOING_ALLOW: 'crm.intranet, hooks.intranet:8080',
      PARLEY_INTERNAL_BIND: '[::]:3001',
      PARLEY_TLS_CERT: '/c.pem',
      PARLEY_TLS_KEY: '/k.pem',
    });
    expect(settings.livekit.url).toBe('https://sfu.example');
    expect(settings.allowedOrigins).toEqual(['https://a.example', 'http://localhost:5173']);
    expect(settings.outgoingAllow).toEqual([
      { kind: 'host', host: 'crm.intranet', port: null },
      { kind: 'host', host: 'hooks.intranet', port: 8080 },
    ]);
    expect(settings.internalBind).toEqual({ host: '::', port: 3001 });
    expect(settings.tls).toEqual({ certFile: '/c.pem', keyFile: '/k.pem' });
  });

  it('read a bucket for recordings', () => {
    expect(parseSettings({ ...LIVEKIT, ...BUCKET }).recordingsBucket).toEqual({
      url: 'https://s3.example/calls',
      region: 'us-east-1',
      accessKeyId: 'AKEXAMPLE',
      secretAccessKey: 'a/secret+key',
    });
  });

  it.each([
    { PARLEY_ALLOWED_ORIGINS: 'https://a.example/path' },
    { PARLEY_ALLOWED_ORIGINS: '*' },
    { PARLEY_INTERNAL_BIND: '3001' },
    { PARLEY_TLS_CERT: '/c.pem' },
    { PUBLIC_URL: 'voice.example', ...KEY },
    { LIVEKIT_URL: 'sfu:7880' },
    { HOST: 'localhost:3000', ...KEY },
    { PARLEY_TRUST_PROXY: 'yes' },
    { DATABASE_URL: 'mysql://localhost/parley' },
    { PARLEY_RETENTION_DAYS: '0' },
    { PARLEY_RECORDINGS_S3_URL: 'https://s3.example/calls' },
    { PARLEY_RECORDINGS_S3_SECRET_ACCESS_KEY: 'hush' },
    { ...BUCKET, PARLEY_RECORDINGS_S3_URL: 's3://calls' },
    { ...BUCKET, PARLEY_RECORDINGS_S3_ACCESS_KEY_ID: 'two words' },
    { ...BUCKET, PARLEY_RECORDINGS_S3_REGION: 'Frankfurt/Main' },
  ])('refuse %j', (wrong) => {
    expect(faultsOf({ ...LIVEKIT, ...wrong })).toHaveLength(1);
  });

  it('say of every variable what it is, and which are secret', () => {
    const names = Object.keys(
      serverEnvironmentSchema.shape,
    ) as (keyof typeof serverEnvironmentSchema.shape)[];
    for (const name of names) expect(variableMeta(name).description).not.toBe('');
    expect(names.filter((name) => variableMeta(name).secret)).toEqual([
      'LIVEKIT_API_SECRET',
      'PARLEY_ACCESS_KEY',
      'DATABASE_URL',
      'PARLEY_RECORDINGS_S3_SECRET_ACCESS_KEY',
    ]);
  });
});

describe('a file of prices', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-prices-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const holding = (text: string) => {
    const file = join(folder, 'prices.yaml');
    writeFileSync(file, text);
    return { ...LIVEKIT, PARLEY_PRICES: file };
  };

  it('is read', () => {
    expect(parseSettings(holding('tts: { cartesia: { "*": { perMillionCharacters: 50 } } }')).prices).toEqual(
      {
        stt: {},
        llm: {},
        tts: { cartesia: { '*': { perMillionCharacters: 50 } } },
      },
    );
  });

  it.each([
    [
      'tts: { cartesia: { sonic-3: { perMillionCharacters: free } } }',
      'tts > cartesia > sonic-3 > perMillionCharacters',
    ],
    ['tts: { cartesia: [', 'at line 1'],
    ['', 'the file: '],
  ])('that holds %j is a fault that names its place', (text, place) => {
    const [fault, ...others] = faultsOf(holding(text));
    expect(others).toEqual([]);
    expect(fault).toMatch(/^PARLEY_PRICES is .*prices\.yaml", but it /);
    expect(fault).toContain(place);
  });

  it('that is not there is one too', () => {
    const [fault] = faultsOf({ ...LIVEKIT, PARLEY_PRICES: join(folder, 'none.yaml') });
    expect(fault).toContain('it cannot be read: ENOENT');
  });
});
