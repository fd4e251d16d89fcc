import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../runtime/deferred.ts';
import { createSerialLane } from './serial-lane.ts';

function setUp(capacity = 3) {
  const sent: string[] = [];
  const lines: string[] = [];
  const pending: Deferred<void>[] = [];
  const lane = createSerialLane<string>({
    name: 'text',
    capacity,
    send: (key, job) => {
      sent.push(`${key}:${job}`);
      const deferred = createDeferred<void>();
      pending.push(deferred);
      return deferred.promise;
    },
    merge: (earlier, later) => earlier + later,
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line).msg) }),
  });
  const settle = async () => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  return {
    lane,
    sent,
    lines,
    answer: async (error?: Error) => {
      const next = pending.shift();
      if (error) next?.reject(error);
      else next?.resolve();
      await settle();
    },
  };
}

describe('serial lane', () => {
  it('sends one at a time and merges what comes meanwhile', async () => {
    const { lane, sent, answer } = setUp();
    lane.put('a', '1');
    lane.put('a', '2');
    lane.put('b', 'x');
    lane.put('a', '3');
    expect(sent).toEqual(['a:1']);
    await answer();
    expect(sent).toEqual(['a:1', 'a:23']);
    await answer();
    await answer();
    expect(sent).toEqual(['a:1', 'a:23', 'b:x']);
    await lane.idle();
  });

  it('goes on after a failure and logs an outage once, and its end', async () => {
    const { lane, sent, lines, answer } = setUp();
    for (const key of ['a', 'b', 'c']) lane.put(key, '1');
    await answer(new Error('no network'));
    await answer(new Error('no network'));
    await answer();
    expect(sent).toHaveLength(3);
    expect(lines).toEqual(['text could not be sent', 'text is sent again']);
  });

  it('drops the oldest when too much waits', async () => {
    const { lane, sent, answer } = setUp(2);
    for (const key of ['a', 'b', 'c', 'd']) lane.put(key, '1');
    for (let i = 0; i < 3; i++) await answer();
    expect(sent).toEqual(['a:1', 'c:1', 'd:1']);
  });

  it('takes nothing once closed', async () => {
    const { lane, sent, answer } = setUp();
    lane.put('a', '1');
    lane.put('b', '1');
    lane.close();
    lane.put('c', '1');
    await answer();
    expect(sent).toEqual(['a:1']);
    await lane.idle();
  });
});
