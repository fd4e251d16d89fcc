import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type startThread, ThreadEnded } from '../../runtime/thread.ts';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import type { FromSmartTurn, ToSmartTurn } from './messages.ts';
import { createModelThread } from './model-thread.ts';

type Start = typeof startThread<ToSmartTurn, FromSmartTurn>;

/** Threads that do as they are told, and the model thread that starts them. */
function openModelThread(startFails = false) {
  const clock = createVirtualClock();
  const threads: {
    readonly asked: ToSmartTurn[];
    readonly answer: (message: FromSmartTurn) => void;
    readonly end: () => void;
    isStopped: boolean;
  }[] = [];
  const start: Start = async ({ onMessage, onEnd }) => {
    const asked: ToSmartTurn[] = [];
    const thread = {
      asked,
      answer: onMessage,
      end: () => onEnd(new ThreadEnded('threw', 'out of memory')),
      isStopped: false,
    };
    threads.push(thread);
    if (startFails) throw new Error('no thread to be had');
    return {
      post: (message) => void asked.push(message),
      async stop() {
        thread.isStopped = true;
      },
    };
  };
  const model = createModelThread({ modelFile: 'model.onnx', clock, log: pino({ level: 'silent' }), start });
  const score = () => {
    const asked: { outcome: unknown } = { outcome: 'open' };
    model.score(new Float32Array(1)).then(
      (probability) => {
        asked.outcome = probability;
      },
      (error) => {
        asked.outcome = error;
      },
    );
    return asked;
  };
  return { clock, model, score, threads };
}

const lost = { name: 'ProviderError', provider: 'smart-turn', code: 'unavailable', retryable: true };

describe('the thread of the end-of-turn model', () => {
  it('is started with the first question and answers with the score', async () => {
    const { clock, score, threads } = openModelThread();
    const asked = score();
    await clock.advance(0);
    threads[0]?.answer({ type: 'scored', id: 1, probability: 0.75 });
    await clock.advance(0);
    expect(asked.outcome).toBe(0.75);
    expect(threads.length).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is warm when the model is loaded', async () => {
    const { clock, model, threads } = openModelThread();
    let isWarm = false;
    void model.warm().then(() => {
      isWarm = true;
    });
    await clock.advance(0);
    expect(isWarm).toBe(false);
    threads[0]?.answer({ type: 'ready' });
    await clock.advance(0);
    expect(isWarm).toBe(true);
  });

  it('that ends fails its question, and starts again, later and later while it keeps failing', async () => {
    const { clock, score, threads } = openModelThread();
    for (const waitMs of [0, 1_000, 5_000, 30_000, 30_000]) {
      const asked = score();
      await clock.advance(0);
      threads.at(-1)?.end();
      await clock.advance(0);
      expect(asked.outcome).toMatchObject(lost);
      const count = threads.length;
      if (waitMs > 0) {
        await clock.advance(waitMs - 1);
        const early = score();
        await clock.advance(0);
        expect(early.outcome).toMatchObject(lost);
        expect(threads.length).toBe(count);
      }
      await clock.advance(1);
    }
    const asked = score();
    await clock.advance(0);
    // Five questions came to a thread, four found none.
    threads.at(-1)?.answer({ type: 'scored', id: 6, probability: 0.5 });
    await clock.advance(0);
    expect(asked.outcome).toBe(0.5);
    expect(threads.length).toBe(6);
  });

  it('that cannot be started fails the question and whoever warms it', async () => {
    const { clock, model, score } = openModelThread(true);
    const warming = expect(model.warm()).rejects.toMatchObject(lost);
    const asked = score();
    await clock.advance(0);
    await warming;
    expect(asked.outcome).toMatchObject(lost);
  });

  it('goes on after a run that failed', async () => {
    const { clock, score, threads } = openModelThread();
    const first = score();
    await clock.advance(0);
    threads[0]?.answer({ type: 'failed', id: 1, message: 'the model gave NaN instead of a probability' });
    await clock.advance(0);
    expect(first.outcome).toMatchObject({ code: 'protocol', message: expect.stringContaining('NaN') });
    score();
    await clock.advance(0);
    expect(threads.length).toBe(1);
    expect(threads[0]?.asked.length).toBe(2);
  });

  it('that hangs is left alone for another, three times at the most', async () => {
    const { clock, score, threads } = openModelThread();
    for (const count of [1, 2, 3]) {
      const asked = score();
      await clock.advance(10_000);
      expect(asked.outcome).toMatchObject({ ...lost, message: expect.stringContaining('10000 ms') });
      expect(threads.length).toBe(count);
      expect(threads.at(-1)).toMatchObject({ isStopped: false });
      expect(threads.at(-1)?.asked.at(-1)).toEqual({ type: 'leave' });
      await clock.advance(30_000);
      // Old threads that come back at last change nothing.
      threads[0]?.end();
    }
    const asked = score();
    await clock.advance(0);
    expect(asked.outcome).toMatchObject(lost);
    expect(threads.length).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that is closed refuses what is open and what comes, and is asked to leave, never stopped', async () => {
    const { clock, model, score, threads } = openModelThread();
    const open = score();
    await clock.advance(0);
    const closing = [model.close(), model.close()];
    const after = score();
    await clock.advance(0);
    expect(open.outcome).toMatchObject({ code: 'unavailable', retryable: false });
    expect(after.outcome).toMatchObject({ code: 'unavailable', retryable: false });
    expect(threads.map(({ asked, isStopped }) => [asked.at(-1), isStopped])).toEqual([
      [{ type: 'leave' }, false],
    ]);
    threads[0]?.end();
    await Promise.all(closing);
    await model.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('that does not leave is waited for 5 s', async () => {
    const { clock, model, score } = openModelThread();
    score();
    await clock.advance(0);
    let isClosed = false;
    void model.close().then(() => {
      isClosed = true;
    });
    await clock.advance(4_999);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    expect(isClosed).toBe(true);
  });
});
