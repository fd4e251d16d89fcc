import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDED_NAMES, PROVIDERS } from '@parley/agent/call/choose-providers';
import { providerVariables } from '@parley/agent/config/provider-variables';
import type { Provider } from '@parley/agent/runtime/provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import {
  callAgent,
  everybodyLeaves,
  greetedBy,
  healthOf,
  TEST_AGENTS_DIR,
  until,
  WAIT,
} from './parley-call.ts';

/** A part of every key that is planted. */
const PLANTED = 'planted-4f1d0c';

const secrets = [
  ...Object.keys(providerVariables).filter((name) => name.endsWith('_API_KEY')),
  'PARLEY_SECRET_CRM',
].map((name) => [name, `${PLANTED}-${name.toLowerCase()}`] as const);

let parley: Parley;
let speaker: SentenceSpeaker;
let vendor: Server;
let folder: string;
/** Keys that the vendor was shown. */
const shown = new Set<string>();

/** As some vendors do, it repeats what it was asked with, the key too. */
async function startTellingVendor(): Promise<string> {
  vendor = createServer((request, response) => {
    const asked = `${request.url} ${JSON.stringify(request.headers)}`;
    note(asked);
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `Incorrect API key provided: ${asked}` } }));
  });
  vendor.on('upgrade', (request, socket) => {
    const body = `Incorrect API key provided: ${JSON.stringify(request.headers)}`;
    note(`${request.url} ${body}`);
    socket.on('error', () => {});
    socket.end(`HTTP/1.1 401 Unauthorized\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
  vendor.listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  return `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
}

function note(asked: string): void {
  for (const [, value] of secrets) if (asked.includes(value)) shown.add(value);
}

/** An agent whose stages are every provider that has a key, and last what runs here. */
function agentOfVendors(): string {
  const named = (['stt', 'llm', 'tts'] as const).map((stage) => {
    const known: readonly Provider<unknown>[] = PROVIDERS[stage];
    const vendors = known.filter(({ key }) => key !== null).slice(0, 4);
    const [first, ...others] = [...vendors.map(({ name }) => name), EMBEDDED_NAMES[stage]];
    return { stage, first: { provider: first }, others: others.map((provider) => ({ provider })) };
  });
  return JSON.stringify({
    name: 'vendors',
    title: 'Vendors',
    greeting: 'Good day.',
    prompt: 'Answer in one sentence.',
    script: { start: 'talk', noMatch: 'Say that again.', steps: { talk: { branches: BRANCHES } } },
    ...Object.fromEntries(named.map(({ stage, first }) => [stage, first])),
    switching: Object.fromEntries(named.map(({ stage, others }) => [stage, others])),
  });
}

const BRANCHES = [{ name: 'prices', phrases: ['what are your prices'], reply: 'A story costs nothing.' }];

beforeAll(async () => {
  const url = await startTellingVendor();
  folder = await mkdtemp(join(tmpdir(), 'parley-secrets-'));
  const agents = await mkdtemp(join(folder, 'agents-'));
  await writeFile(join(agents, 'vendors.yaml'), agentOfVendors());
  const story = await readFile(join(TEST_AGENTS_DIR, 'storyteller.yaml'), 'utf8');
  const here = 'stt: { provider: embedded }\nllm: { provider: scripted }\ntts: { provider: embedded }\n';
  await writeFile(join(agents, 'storyteller.yaml'), `${here}${story}`);
  const addresses = Object.keys(providerVariables).filter((name) => name.endsWith('_BASE_URL'));
  speaker = createSentenceSpeaker();
  parley = await startParley({
    agentsDir: agents,
    dataDir: join(folder, 'data'),
    settings: {
      ...Object.fromEntries([...secrets, ...addresses.map((name) => [name, url])]),
      PARLEY_LOG_PERSONAL: 'true',
      LOG_LEVEL: 'trace',
    },
  });
}, 120_000);

afterAll(async () => {
  await everybodyLeaves();
  await speaker?.close();
  await parley?.stop();
  vendor?.closeAllConnections();
  vendor?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

it('no key of a provider and no secret of agents is in anything that a run writes or answers', async () => {
  const caller = await greetedBy(parley, 'storyteller');
  await caller.say(await speaker.speak('What are your prices?'));
  await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
  await caller.leave();
  const stranger = await callAgent(parley, 'vendors');
  // All of them but the agents' own secret.
  await until('vendors were shown every key', () => shown.size === secrets.length - 1);
  await until('the call of vendors is stored', async () => {
    const { calls } = listSchema.parse(await (await fetch(`${parley.url}/api/calls`)).json());
    return calls.length === 2 && calls.some(({ state }) => state === 'ended');
  });
  await stranger.leave();

  const { calls } = listSchema.parse(await (await fetch(`${parley.url}/api/calls`)).json());
  const { metrics = '' } = await healthOf(parley);
  const answers = await Promise.all(
    [
      '/api/health',
      '/api/status',
      '/api/agents',
      '/api/calls',
      '/api/calls/export?format=json&turns=yes',
      '/api/openapi.json',
      ...calls.flatMap(({ callId }) => [`/api/calls/${callId}`, `/api/calls/${callId}/journal`]),
    ].map(async (path) => [path, await (await fetch(`${parley.url}${path}`)).text()] as const),
  );
  const told = [
    ...answers,
    ['metrics', await (await fetch(metrics)).text()],
    ['logs', parley.logs()],
  ] as const;
  const entries = await readdir(parley.dataDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const written = await Promise.all(
    files.map(async (file) => [file, await readFile(file, 'latin1')] as const),
  );
  expect(written.some(([, text]) => text.includes('costs nothing'))).toBe(true);
  // The vendor's answer was logged, without what it repeats.
  expect(written.some(([, text]) => text.includes('HTTP 401'))).toBe(true);
  expect(told.find(([name]) => name === 'logs')?.[1]).toContain('call begun');
  for (const [place, text] of [...told, ...written]) expect(text.includes(PLANTED), place).toBe(false);
}, 180_000);

const listSchema = z.object({ calls: z.array(z.object({ callId: z.string(), state: z.string() })) });
