import { pino } from 'pino';
import { expect, it } from 'vitest';
import { type startThread, ThreadEnded } from '../../runtime/thread.ts';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import { createFliteThread } from './flite-thread.ts';
import type { FromFlite, ToFlite } from './messages.ts';

type Start = typeof startThread<ToFlite, FromFlite>;

/** Threads that do what the test says; each that was started, with what it was asked. */
function openFlite(answer: (message: ToFlite, thread: Parameters<Start>[0]) => void) {
  const clock = createVirtualClock();
  const threads: { readonly asked: ToFlite[]; isStopped: boolean }[] = [];
  const start: Start = async (options) => {
    const thread = { asked: [] as ToFlite[], isStopped: false };
    threads.push(thread);
    return {
      post(message) {
        thread.asked.push(message);
        answer(message, options);
      },
      async stop() {
        thread.isStopped = true;
      },
    };
  };
  const flite = createFliteThread({ clock, log: pino({ level: 'silent' }), start });
  return { clock, threads, flite };
}

const ask = { type: 'pronounce', word: 'hello' } as const;

it('one thread answers every request', async () => {
  const { flite, threads } = openFlite(({ id }, { onMessage }) =>
    onMessage({ type: 'phones', id, phones: ['HH'] }),
  );
  await flite.ask(ask);
  expect(await flite.ask(ask)).toMatchObject({ phones: ['HH'] });
  expect(threads).toHaveLength(1);
});

it('what the program cannot say is a bad request, and the thread goes on', async () => {
  const { flite, threads } = openFlite(({ id }, { onMessage }) =>
    onMessage({ type: 'failed', id, message: 'broke off' }),
  );
  await expect(flite.ask(ask)).rejects.toMatchObject({ code: 'bad_request', retryable: false });
  await expect(flite.ask(ask)).rejects.toMatchObject({ code: 'bad_request' });
  expect(threads).toHaveLength(1);
});

it('a thread that dies fails the request that it had, and the next request starts another', async () => {
  let deaths = 0;
  const { flite, threads } = openFlite(({ id }, { onMessage, onEnd }) => {
    deaths += 1;
    if (deaths === 1) onEnd(new ThreadEnded('threw', 'out of memory'));
    else onMessage({ type: 'phones', id, phones: [] });
  });
  await expect(flite.ask(ask)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await flite.ask(ask);
  expect(threads).toHaveLength(2);
});

it('a run that never ends is given up after 15 s with its thread', async () => {
  const { flite, clock, threads } = openFlite(() => {});
  const given = expect(flite.ask(ask)).rejects.toMatchObject({ code: 'timeout', retryable: true });
  await clock.advance(14_999);
  expect(threads[0]?.isStopped).toBe(false);
  await clock.advance(1);
  await given;
  expect(threads[0]?.isStopped).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

it('a thread that cannot start is told as such, and tried again', async () => {
  const starts: number[] = [];
  const flite = createFliteThread({
    clock: createVirtualClock(),
    log: pino({ level: 'silent' }),
    start: async () => {
      starts.push(1);
      throw new Error('no such file');
    },
  });
  await expect(flite.ask(ask)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('no such file'),
  });
  await expect(flite.ask(ask)).rejects.toMatchObject({ code: 'unavailable' });
  expect(starts).toHaveLength(2);
});

it('close fails the open request, stops the thread and takes no more', async () => {
  const { flite, threads } = openFlite(() => {});
  const open = expect(flite.ask(ask)).rejects.toMatchObject({ code: 'unavailable', retryable: false });
  await Promise.resolve();
  await flite.close();
  await flite.close();
  await open;
  await expect(flite.ask(ask)).rejects.toMatchObject({ code: 'unavailable' });
  expect(threads[0]?.isStopped).toBe(true);
});
