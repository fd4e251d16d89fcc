import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { MAX_SHIPPED_LINES } from '@parley/contracts/internal-api';
import { describe, expect, it } from 'vitest';
import { createShippingMachine } from './testing/shipping-machine.ts';

/** A call in a process, with what its start wrote already shipped. */
async function begunCall() {
  const machine = createShippingMachine();
  const worker = machine.startProcess();
  const call = worker.openCall('RM_a');
  call.step();
  await machine.pass(0);
  return { ...machine, worker, call };
}

describe('the journal of a running call', () => {
  it('is shipped at once from its first lines on, so that the call is seen', async () => {
    const { server } = await begunCall();
    expect(server.lines('RM_a.main.1')).toHaveLength(2);
    expect(server.shipments).toHaveLength(1);
    expect(server.shipments[0]).toMatchObject({ header: { callId: 'RM_a', agent: 'desk' }, isLast: false });
  });

  it('is shipped in batches a second apart', async () => {
    const { server, call, pass } = await begunCall();
    for (let steps = 0; steps < 10; steps++) {
      call.step();
      await pass(50);
    }
    await pass(400);
    expect(server.lines('RM_a.main.1')).toHaveLength(2);
    await pass(150);
    expect(server.lines('RM_a.main.1')).toHaveLength(22);
    expect(server.shipments).toHaveLength(2);
  });

  it('is shipped sooner when there are many lines', async () => {
    const { server, call, pass } = await begunCall();
    for (let steps = 0; steps < 100; steps++) call.step();
    await pass(0);
    expect(server.lines('RM_a.main.1')).toHaveLength(202);
  });

  it('is shipped at once where a turn is committed', async () => {
    const { server, call, pass, clock } = await begunCall();
    call.step();
    call.commit('hello');
    await pass(0);
    expect(clock.nowMs()).toBe(0);
    expect(server.lines('RM_a.main.1')).toHaveLength(6);
  });

  it('ends with its last line, and lets go of its files', async () => {
    const { server, call, pass, files, written } = await begunCall();
    call.step();
    expect(files()).toEqual([
      'RM_a.main.1.ndjson',
      'RM_a.main.1.ndjson.owner-1',
      'RM_a.main.1.ndjson.shipped',
    ]);
    call.journal.close();
    await pass(0);
    expect(server.isOver('RM_a.main.1')).toBe(true);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    expect(files()).toEqual(['RM_a.main.1.ndjson', 'RM_a.main.1.ndjson.shipped']);
  });

  it('is told to stop where another has a higher generation, once, and is shipped all the same', async () => {
    const { server, call, pass, written } = await begunCall();
    expect(call.superseded).toEqual([]);
    server.held.set('RM_a.main', 3);
    call.commit('one');
    await pass(0);
    call.commit('two');
    await pass(0);
    expect(call.superseded).toEqual([3]);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
  });

  it('is deleted with everything of its call when the server says so, also what is written after', async () => {
    const { server, worker, call, pass, files, journalFile } = await begunCall();
    writeFileSync(path.join(path.dirname(journalFile('RM_a')), 'RM_a.1.wav.part'), 'sound');
    const other = worker.openCall('RM_ab');
    other.step();
    await pass(0);
    server.deleted.add('RM_a');
    call.commit('one');
    await pass(0);
    expect(files().filter((name) => name.startsWith('RM_a.'))).toEqual([]);
    writeFileSync(path.join(path.dirname(journalFile('RM_a')), 'RM_a.wav'), 'sound');
    call.commit('two');
    call.journal.close();
    await pass(0);
    expect(files().filter((name) => name.startsWith('RM_a.'))).toEqual([]);
    expect(files()).toContain('RM_ab.main.1.ndjson');
    expect(server.shipments.filter(({ header }) => header.callId === 'RM_a')).toHaveLength(2);
  });

  it('that another process writes is left alone', async () => {
    const { server, call, startProcess, pass, written } = await begunCall();
    const second = startProcess().openCall('RM_a');
    second.commit('of another');
    second.journal.close();
    call.step();
    await pass(1_000);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    expect(server.isOver('RM_a.main.1')).toBe(false);
  });
});

describe('a server that is away', () => {
  it.each(['isAway', 'refuses', 'hangs', 'losesAnswers', 'talksNonsense'] as const)(
    'loses nothing: it %s',
    async (mood) => {
      const { server, worker, call, pass, written } = await begunCall();
      server.mood = mood;
      for (let seconds = 0; seconds < 30; seconds++) {
        call.commit(`turn ${seconds}`);
        await pass(1_000);
      }
      const { backlogLines, oldestUnshippedMs, failures } = worker.shipper.counts();
      expect(backlogLines).toBe(60);
      expect(oldestUnshippedMs).toBe(30_000);
      expect(failures).toBeGreaterThan(1);
      expect(failures).toBeLessThan(15);
      server.mood = 'takes';
      await pass(20_100);
      expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
      expect(worker.shipper.counts()).toMatchObject({
        shippedLines: 62,
        backlogLines: 0,
        oldestUnshippedMs: null,
        lostLines: 0,
      });
    },
  );

  it('is asked again soon, and then every 10 s at the most', async () => {
    const { server, call, pass, clock } = await begunCall();
    const asked: number[] = [];
    const { fetch } = server;
    Object.assign(server, {
      fetch: (...parts: Parameters<typeof fetch>) => {
        asked.push(clock.nowMs());
        return fetch(...parts);
      },
    });
    server.mood = 'isAway';
    call.commit('one');
    await pass(40_000);
    expect(asked).toEqual([0, 200, 600, 1_400, 3_000, 6_200, 12_600, 22_600, 32_600]);
  });

  it('gets what waited in shipments of bounded size, one after the other', async () => {
    const { server, call, pass, written } = await begunCall();
    server.mood = 'isAway';
    for (let steps = 0; steps < 3_000; steps++) call.step();
    await pass(1_000);
    server.mood = 'takes';
    await pass(2_000);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    const sizes = server.shipments.map(({ lines }) => lines.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_SHIPPED_LINES);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(6_002);
  });

  it('that takes a part, or has lost some, is given the rest', async () => {
    const { server, call, pass, written } = await begunCall();
    server.mood = 'takesSome';
    for (let steps = 0; steps < 20; steps++) call.step();
    call.commit('one');
    await pass(1_000);
    server.mood = 'takes';
    await pass(1_000);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    server.forget('RM_a.main.1', 3);
    call.commit('two');
    await pass(1_000);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
  });

  it('keeps no process from ending', async () => {
    const { server, worker, call, pass, files } = await begunCall();
    server.mood = 'hangs';
    call.commit('one');
    call.journal.close();
    let isClosed = false;
    void worker.shipper.close().then(() => (isClosed = true));
    await pass(1_900);
    expect(isClosed).toBe(false);
    await pass(150);
    expect(isClosed).toBe(true);
    expect(files()).toContain('RM_a.main.1.ndjson.owner-1');
  });

  it('is not waited for where nothing is left', async () => {
    const { worker, call, pass, clock } = await begunCall();
    call.journal.close();
    await pass(0);
    await worker.shipper.close();
    expect(clock.nowMs()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});
