import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import type { SpeakListener, SpeakSocket } from './speak-socket.ts';
import { createSpeakSockets } from './speak-sockets.ts';

/** A pool over sockets that do nothing but count. Time is virtual. */
function start() {
  const clock = createVirtualClock();
  const made: {
    readonly socket: SpeakSocket;
    isClosed: boolean;
    isFull: boolean;
    readonly lose: (isWorn: boolean) => void;
  }[] = [];
  const sockets = createSpeakSockets({
    clock,
    open({ onIdle, onGone }) {
      const socket: SpeakSocket = {
        opened: Promise.resolve(),
        allows: () => !entry.isFull,
        take() {},
        say() {},
        release: () => onIdle(socket),
        close() {
          entry.isClosed = true;
        },
      };
      const entry = {
        socket,
        isClosed: false,
        isFull: false,
        lose: (isWorn: boolean) => onGone(socket, isWorn),
      };
      made.push(entry);
      return socket;
    },
  });
  const listener: SpeakListener = { onSound() {}, onFlushed() {}, onLost() {} };
  return {
    clock,
    sockets,
    made,
    take: () => sockets.take(10, listener),
    open: () => made.filter(({ isClosed }) => !isClosed).length,
  };
}

describe('the sockets to a voice', () => {
  test('one waits for the next reply, and is opened as the one before it is taken', async () => {
    const { sockets, made, take } = start();
    await sockets.warm();
    expect(made).toHaveLength(1);
    const first = take();
    expect([first, made.length]).toEqual([made[0]?.socket, 2]);
    first.release();
    take();
    expect(made).toHaveLength(2);
  });

  test('those of a busy time stay for a minute, the spare for ever', async () => {
    const { clock, take, made, open } = start();
    const taken = Array.from({ length: 10 }, take);
    expect(made).toHaveLength(11);
    for (const socket of taken) socket.release();
    await clock.advance(59_000);
    expect(open()).toBe(11);
    await clock.advance(3_600_000);
    expect(open()).toBe(1);
  });

  test('one that has spoken enough for a minute is passed over', async () => {
    const { sockets, take, made } = start();
    await sockets.warm();
    for (const entry of made) entry.isFull = true;
    const socket = take();
    expect(socket).toBe(made[1]?.socket);
  });

  test('a spare that is lost after a while is replaced, one that is refused is not', async () => {
    const { sockets, made } = start();
    await sockets.warm();
    made[0]?.lose(true);
    expect(made).toHaveLength(2);
    made[1]?.lose(false);
    expect(made).toHaveLength(2);
    await sockets.warm();
    expect(made).toHaveLength(3);
  });

  test('closing leaves no socket and no timer, and nothing is opened after it', async () => {
    const { sockets, clock, take, open } = start();
    const socket = take();
    sockets.close();
    socket.release();
    expect([open(), clock.pendingTimers]).toEqual([0, 0]);
    await sockets.warm();
    expect(open()).toBe(0);
  });
});
