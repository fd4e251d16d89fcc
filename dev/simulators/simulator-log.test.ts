import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { describe, expect, test } from 'vitest';
import { createSimulatorLog } from './simulator-log.ts';

function open() {
  const clock = createVirtualClock();
  return { clock, ...createSimulatorLog({ clock }) };
}

describe('the log of the simulators', () => {
  test('finds what was, and waits for what will be', async () => {
    const { clock, log, begin } = open();
    const exchange = begin('openai', 'llm');
    exchange.add({ kind: 'message', text: 'first' });
    expect(await log.find({ kind: 'message' })).toMatchObject({ text: 'first', atMs: 0, exchangeId: 1 });
    const later = log.find({ kind: 'cancel', vendor: 'openai', stage: 'llm' });
    await clock.advance(40);
    begin('google', 'llm').add({ kind: 'cancel', detail: 'another' });
    exchange.add({ kind: 'cancel', detail: 'asked' });
    expect(await later).toMatchObject({ detail: 'asked', atMs: 40 });
    expect(clock.pendingTimers).toBe(0);
  });

  test('says what did not come', async () => {
    const { clock, log } = open();
    const outcome = expect(log.find({ kind: 'cancel' }, 100)).rejects.toThrow(
      'no {"kind":"cancel"} within 100 ms',
    );
    await clock.advance(100);
    await outcome;
  });

  test('counts bytes and open exchanges, and ends each once', () => {
    const { log, begin } = open();
    const exchange = begin('openai', 'llm');
    exchange.received(3);
    exchange.sent(5);
    exchange.sent(2);
    expect(log.openCount).toBe(1);
    exchange.end('vendor', 'done');
    exchange.end('client', 'again');
    expect(log.openCount).toBe(0);
    expect(log.exchanges()).toMatchObject([{ receivedBytes: 3, sentBytes: 7, isOpen: false }]);
    expect(log.entries({ kind: 'end' })).toMatchObject([{ by: 'vendor' }]);
  });

  test('keeps the last alone, fewer where they are long', () => {
    const { log, begin } = open();
    const exchange = begin('openai', 'stt');
    for (let index = 0; index < 12_000; index++) exchange.add({ kind: 'message', text: String(index) });
    expect(log.entries()).toHaveLength(5_000);
    expect(log.entries().at(-1)).toMatchObject({ text: '11999' });
    const long = 'x'.repeat(1_000_000);
    for (let index = 0; index < 100; index++) exchange.add({ kind: 'message', text: long });
    expect(log.entries().length).toBeLessThan(40);
  });
});
