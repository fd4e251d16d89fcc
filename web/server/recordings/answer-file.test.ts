import { type EventEmitter, once } from 'node:events';
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { expect, it, onTestFinished } from 'vitest';
import { ApiError } from '../http/api-error.ts';
import { answerFile } from './answer-file.ts';
import { foundOnDisk } from './found-file.ts';

const SIZE = 3_000_000;

/** An app that gives one file, and tells when it was closed. */
async function servedFile() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-answer-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'sound.wav');
  await writeFile(path, Buffer.alloc(SIZE, 7));
  let whenClosed: Promise<unknown[]> = Promise.resolve(['never opened']);
  const app = new Hono().get('/', async (c) => {
    const file = await open(path);
    // Its events are documented, and missing in its type.
    whenClosed = once(file as FileHandle & EventEmitter, 'close');
    return answerFile(c, await foundOnDisk(file), 'audio/wav');
  });
  app.onError((error, c) => c.text('', error instanceof ApiError ? error.status : 500));
  const get = (headers: Record<string, string> = {}, method = 'GET') => app.request('/', { method, headers });
  return { get, closed: () => whenClosed };
}

it.each([
  ['read to its end', {}, 'GET'],
  ['read in part', { range: 'bytes=5-9' }, 'GET'],
  ['asked for its length', {}, 'HEAD'],
  ['asked for what is not in it', { range: `bytes=${SIZE}-` }, 'GET'],
])('closes a file that is %s', async (_what, headers, method) => {
  const { get, closed } = await servedFile();
  await (await get(headers, method)).arrayBuffer();
  expect(await closed()).toEqual([]);
});

it('closes a file whose reader goes away in the middle', async () => {
  const { get, closed } = await servedFile();
  const reader = (await get()).body?.getReader();
  expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
  await reader?.cancel();
  expect(await closed()).toEqual([]);
});
