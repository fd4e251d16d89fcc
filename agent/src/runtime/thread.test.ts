import { afterEach, expect, test } from 'vitest';
import { createDeferred } from './deferred.ts';
import type { EchoRequest } from './testing/echo.thread.ts';
import { startThread, type Thread, type ThreadEnded } from './thread.ts';

const started: Thread<EchoRequest>[] = [];
afterEach(async () => {
  for (const thread of started.splice(0)) await thread.stop();
});

async function startEcho() {
  const message = createDeferred<unknown>();
  const end = createDeferred<ThreadEnded>();
  const output = createDeferred<string>();
  const thread = await startThread<EchoRequest, unknown>({
    entry: 'runtime/testing/echo.thread',
    data: { greeting: 'hello' },
    onMessage: message.resolve,
    onEnd: end.resolve,
    onOutput: output.resolve,
  });
  started.push(thread);
  return { thread, message: message.promise, end: end.promise, output: output.promise };
}

test('a thread started from its TypeScript gets its data and answers messages', async () => {
  const { thread, message } = await startEcho();
  thread.post({ echo: 7 });
  expect(await message).toEqual({ data: { greeting: 'hello' }, echo: 7 });
});

test('what is transferred arrives without a copy and is gone here', async () => {
  const { thread, message } = await startEcho();
  const samples = Int16Array.of(1, 2, 3);
  thread.post({ echo: samples }, [samples.buffer]);
  expect(await message).toMatchObject({ echo: Int16Array.of(1, 2, 3) });
  expect(samples.length).toBe(0);
});

test('a thread that throws ends with what it threw, and later messages are ignored', async () => {
  const { thread, end } = await startEcho();
  thread.post('throw');
  expect(await end).toMatchObject({ code: 'threw', message: expect.stringContaining('as asked') });
  thread.post({ echo: 1 });
});

test('a thread that leaves by itself is reported', async () => {
  const { thread, end } = await startEcho();
  thread.post('exit');
  expect(await end).toMatchObject({ code: 'exited', message: expect.stringContaining('code 3') });
});

test('what a thread prints is handed over and not printed', async () => {
  const { thread, output } = await startEcho();
  thread.post('print');
  expect(await output).toContain('printed by the thread');
});

test('stopping ends a thread in the middle of its work, and may be asked for twice', async () => {
  const { thread } = await startEcho();
  thread.post('spin');
  await thread.stop();
  await thread.stop();
});

test('an unknown entry is refused with its name', async () => {
  const ignore = () => {};
  await expect(
    startThread({ entry: 'stt/nothing.thread', onMessage: ignore, onEnd: ignore, onOutput: ignore }),
  ).rejects.toThrow('stt/nothing.thread');
});
