import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentEnvironmentSchema, parseSettings, SettingsError, variableMeta } from './settings.ts';

const required = {
  LIVEKIT_URL: 'ws://127.0.0.1:7880',
  LIVEKIT_API_KEY: 'key',
  LIVEKIT_API_SECRET: 'a secret value',
};

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings of the agent', () => {
  it('need only an address and keys', () => {
    expect(parseSettings(required)).toMatchObject({
      livekit: { url: 'ws://127.0.0.1:7880', apiKey: 'key', apiSecret: 'a secret value' },
      serverUrl: null,
      dataDir: './data',
      agentsDir: null,
      maxCallsPerProcess: 20,
      joinsAtOnce: 8,
      isAutoDispatchOn: false,
      workerNames: [],
      healthPort: null,
      drainMs: 3_600_000,
      logLevel: 'info',
    });
    expect(parseSettings(required).processes).toBeGreaterThanOrEqual(2);
  });

  it('take an empty value for none', () => {
    expect(parseSettings({ ...required, PARLEY_SERVER_URL: '', PARLEY_HEALTH_PORT: ' ' })).toMatchObject({
      serverUrl: null,
      healthPort: null,
    });
  });

  it('read numbers, switches, lists and addresses', () => {
    const settings = parseSettings({
      ...required,
      LIVEKIT_URL: 'https://sfu.example/',
      PARLEY_SERVER_URL: 'http://127.0.0.1:3000/',
      PARLEY_HEALTH_PORT: '0',
      PARLEY_AUTO_DISPATCH: 'On',
      PARLEY_WORKER_NAMES: 'front-desk, night.shift,front-desk,',
    });
    expect(settings).toMatchObject({
      livekit: { url: 'wss://sfu.example' },
      serverUrl: 'http://127.0.0.1:3000',
      healthPort: 0,
      isAutoDispatchOn: true,
      workerNames: ['front-desk', 'night.shift'],
    });
  });

  it('send files away where the server is on another machine, unless told otherwise', () => {
    const sends = (environment: Record<string, string>) =>
      parseSettings({ ...required, ...environment }).sendsFiles;
    expect(sends({})).toBe(false);
    expect(sends({ PARLEY_UPLOAD: 'server' })).toBe(false);
    for (const here of ['http://127.0.0.1:3001', 'http://localhost', 'http://[::1]:3000']) {
      expect(sends({ PARLEY_SERVER_URL: here }), here).toBe(false);
      expect(sends({ PARLEY_SERVER_URL: here, PARLEY_UPLOAD: 'server' }), here).toBe(true);
    }
    expect(sends({ PARLEY_SERVER_URL: 'https://parley.example' })).toBe(true);
    expect(sends({ PARLEY_SERVER_URL: 'http://127.evil.example' })).toBe(true);
    expect(sends({ PARLEY_SERVER_URL: 'http://web:3001', PARLEY_UPLOAD: 'off' })).toBe(false);
    expect(faultsOf({ ...required, PARLEY_UPLOAD: 's3' })[0]).toContain('must be server or off');
  });

  it('name every fault at once, with what to do', () => {
    const faults = faultsOf({
      LIVEKIT_URL: 'sfu.example',
      LIVEKIT_API_KEY: 'key',
      PARLEY_SERVER_URL: 'ftp://x',
      PARLEY_WORKER_PROCESSES: '0',
      PARLEY_MAX_CALLS_PER_PROCESS: 'many',
      PARLEY_AUTO_DISPATCH: 'maybe',
      PARLEY_WORKER_NAMES: 'fine,not fine',
      PARLEY_HEALTH_PORT: '1e3',
      LOG_LEVEL: 'loud',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'LIVEKIT_URL',
      'LIVEKIT_API_SECRET',
      'PARLEY_SERVER_URL',
      'PARLEY_WORKER_PROCESSES',
      'PARLEY_MAX_CALLS_PER_PROCESS',
      'PARLEY_AUTO_DISPATCH',
      'PARLEY_WORKER_NAMES',
      'PARLEY_HEALTH_PORT',
      'LOG_LEVEL',
    ]);
    expect(faults[0]).toContain('"sfu.example", but must begin with ws:// or wss://');
    expect(faults[1]).toContain('is not set');
    expect(faults[3]).toContain('whole number from 1 to 256');
  });

  it('describe every variable, and keep the secret to themselves', () => {
    for (const name of Object.keys(agentEnvironmentSchema.shape)) {
      expect(variableMeta(name as keyof typeof agentEnvironmentSchema.shape).description, name).not.toBe('');
    }
    expect(variableMeta('LIVEKIT_API_SECRET').secret).toBe(true);
    expect(variableMeta('LIVEKIT_API_KEY').secret).toBe(false);
  });

  it('read where traces go, and what the collector wants to know', () => {
    expect(parseSettings(required).traceCollector).toBe(null);
    const { traceCollector } = parseSettings({
      ...required,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k%201, authorization = Bearer%3D',
    });
    expect(traceCollector).toEqual({
      url: 'http://127.0.0.1:4318/v1/traces',
      headers: { 'x-key': 'k 1', authorization: 'Bearer=' },
    });
    const [fault] = faultsOf({ ...required, OTEL_EXPORTER_OTLP_HEADERS: 'hush-hush' });
    expect(fault).toContain('name=value');
    expect(fault).not.toContain('hush');
    expect(faultsOf({ ...required, OTEL_EXPORTER_OTLP_HEADERS: 'a=%zz' })).toHaveLength(1);
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
    return { ...required, PARLEY_PRICES: file };
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
    const [fault] = faultsOf({ ...required, PARLEY_PRICES: join(folder, 'none.yaml') });
    expect(fault).toContain('it cannot be read: ENOENT');
  });
});
