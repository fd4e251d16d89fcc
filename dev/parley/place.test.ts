import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLanAddress } from '../lan/lan-address.ts';
import { projectFolder } from '../project-folder.ts';
import { nodePrograms } from './children.ts';
import { decidePlace } from './place.ts';
import { readProjectSettings } from './settings-of-project.ts';

const lan = await findLanAddress();
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-place-'));
  writeFileSync(join(root, 'livekit.yaml'), 'port: 7880\n');
  copyFileSync(join(projectFolder(), 'prices.yaml'), join(root, 'prices.yaml'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function decide(settings: Readonly<Record<string, string>>, isLan = false) {
  const flags = { PORT: '0', LIVEKIT_PORT: '0', ...settings };
  const project = await readProjectSettings({ root, flags, environment: {}, dotEnv: {}, makesKeys: true });
  const place = await decidePlace({ root, project, isLan, nowEpochMs: Date.parse('2026-11-21T12:00:00Z') });
  return { place, programs: nodePrograms({ root, project, place, smartTurnFile: null, system: {} }) };
}

describe('the place of everything', () => {
  it('is loopback, at one port for people and for our own processes', async () => {
    const { place, programs } = await decide({});
    expect(place).toMatchObject({
      isExposed: false,
      url: `http://127.0.0.1:${place.port}`,
      certificate: null,
    });
    expect(place.internal).toEqual({ origin: place.url, bind: null });
    expect(place.sfu).toMatchObject({
      kind: 'own',
      config: { bind_addresses: ['127.0.0.1'], rtc: { tcp_port: 0, node_ip: '127.0.0.1' } },
    });
    expect(programs.agent.env.PARLEY_SERVER_URL).toBe(place.url);
    expect(programs.server.env).not.toHaveProperty('PARLEY_INTERNAL_BIND');
  });

  it('takes what another file of livekit-server says, and names the one that cannot be read', async () => {
    writeFileSync(join(root, 'turn.yaml'), 'turn: { enabled: true, domain: turn.example.org }\n');
    const { place } = await decide({ PARLEY_LIVEKIT_CONFIG: 'turn.yaml' });
    expect(place.sfu).toMatchObject({
      config: { turn: { domain: 'turn.example.org' }, rtc: { tcp_port: 0 } },
    });
    await expect(decide({ PARLEY_LIVEKIT_CONFIG: 'missing.yaml' })).rejects.toThrow(
      /missing\.yaml, given by PARLEY_LIVEKIT_CONFIG, cannot be read/,
    );
  });

  it('leaves a livekit-server that somebody runs to them', async () => {
    const keys = { LIVEKIT_API_KEY: 'their-key', LIVEKIT_API_SECRET: 'their-secret' };
    const { place, programs } = await decide({ LIVEKIT_URL: 'wss://sfu.example', ...keys });
    expect(place.sfu).toEqual({ kind: 'given' });
    expect(programs.agent.env).toMatchObject({ LIVEKIT_URL: 'wss://sfu.example', ...keys });
  });

  it.runIf(lan !== null)(
    'tells others the address of the network, and keeps a plain address for our own',
    async () => {
      const { place, programs } = await decide({}, true);
      expect(place).toMatchObject({
        isExposed: true,
        host: '0.0.0.0',
        url: `https://${lan?.address}:${place.port}`,
      });
      expect(place.internal.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(place.internal.origin).not.toContain(String(place.port));
      expect(place.sfu).toMatchObject({
        config: { rtc: { node_ip: lan?.address }, bind_addresses: ['127.0.0.1'] },
      });
      expect(programs.server.env).toMatchObject({
        PUBLIC_URL: place.url,
        PARLEY_INTERNAL_BIND: place.internal.bind,
      });
      expect(programs.agent.env.PARLEY_SERVER_URL).toBe(place.internal.origin);
    },
  );

  it.runIf(lan !== null)(
    'keeps our own on loopback where the page is on one address of the network',
    async () => {
      const { place } = await decide({ HOST: lan?.address ?? '' });
      expect(place.origin).toBe(`http://${lan?.address}:${place.port}`);
      expect(place.internal).toEqual({
        origin: `http://${place.internal.bind}`,
        bind: expect.stringMatching(/^127\.0\.0\.1:/),
      });
    },
  );

  it.runIf(lan !== null)('shares the address that was opened for agents of other machines', async () => {
    const { place, programs } = await decide({ PARLEY_INTERNAL_BIND: '0.0.0.0:4999' }, true);
    expect(place.internal).toEqual({ origin: 'http://127.0.0.1:4999', bind: null });
    expect(programs.server.env.PARLEY_INTERNAL_BIND).toBe('0.0.0.0:4999');
  });

  it('refuses an address that is not of this machine, and settings that cannot be', async () => {
    if (lan !== null)
      await expect(decide({ HOST: '198.51.100.7' })).rejects.toThrow(/no address of this machine/);
    await expect(decide({ PORT: '70000' })).rejects.toThrow(/PORT is "70000" \(from flag\)/);
    await expect(decide({ PARLEY_JOINS_AT_ONCE: 'x', PARLEY_TOKEN_TTL_S: 'y' })).rejects.toThrow(
      /PARLEY_TOKEN_TTL_S is "y"[\s\S]*PARLEY_JOINS_AT_ONCE is "x"/,
    );
  });

  it('makes keys once, and keeps them', async () => {
    const first = await decide({});
    const second = await decide({});
    expect(second.place.livekit.apiSecret).toBe(first.place.livekit.apiSecret);
    expect(first.place.livekit.apiSecret).toHaveLength(64);
  });
});
