import { expect, it } from 'vitest';
import { textStream } from './text-stream.ts';

/** Pieces without end, and what became of them. */
function endless(piece: string) {
  const log = { made: 0, isEnded: false };
  async function* pieces() {
    try {
      for (;;) {
        log.made++;
        yield piece;
      }
    } finally {
      log.isEnded = true;
    }
  }
  return { log, pieces: pieces() };
}

it('gives the text whole, whatever it is cut into', async () => {
  async function* pieces() {
    for (let at = 0; at < 1_000; at++) yield `${at} ünïcode 🎧\n`;
  }
  const text = await new Response(textStream(pieces())).text();
  expect(text.split('\n')).toHaveLength(1_001);
  expect(text).toContain('999 ünïcode 🎧');
});

it('is empty where there is nothing', async () => {
  async function* none() {}
  expect(await new Response(textStream(none())).text()).toBe('');
});

it('makes no more than is taken', async () => {
  const { log, pieces } = endless('x'.repeat(32 * 1024));
  const reader = textStream(pieces).getReader();
  await reader.read();
  expect(log.made).toBe(2);
  await reader.read();
  expect(log.made).toBe(4);
});

it('ends the making when its reader goes away', async () => {
  const { log, pieces } = endless('x'.repeat(100_000));
  const reader = textStream(pieces).getReader();
  await reader.read();
  await reader.cancel();
  expect(log.isEnded).toBe(true);
});

it('breaks off where the making fails', async () => {
  async function* failing() {
    yield 'x'.repeat(100_000);
    throw new Error('the disk is gone');
  }
  const reader = textStream(failing()).getReader();
  await reader.read();
  await expect(reader.read()).rejects.toThrow('the disk is gone');
});
