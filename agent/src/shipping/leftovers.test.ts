import { appendFileSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createShippingMachine, type ShippingMachine } from './testing/shipping-machine.ts';

/** A call whose process died while the server was away. */
async function leftCall(machine: ShippingMachine = createShippingMachine(), callId = 'RM_a') {
  const worker = machine.startProcess();
  machine.server.mood = 'isAway';
  const call = worker.openCall(callId);
  for (let steps = 0; steps < 5; steps++) call.step();
  call.commit('hello');
  await machine.pass(500);
  worker.kill();
  machine.server.mood = 'takes';
  return { ...machine, worker, call };
}

describe('a journal that a dead process left behind', () => {
  it('is shipped to its end by the next who looks', async () => {
    const { startProcess, pass, server, written, files } = await leftCall();
    startProcess().sweep();
    await pass(0);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    expect(server.isOver('RM_a.main.1')).toBe(true);
    expect(files()).toEqual(['RM_a.main.1.ndjson', 'RM_a.main.1.ndjson.shipped']);
  });

  it('is shipped from where the dead one was, and not again', async () => {
    const machine = createShippingMachine();
    const { server, startProcess, pass, written } = machine;
    const worker = startProcess();
    const call = worker.openCall('RM_a');
    for (let steps = 0; steps < 5; steps++) call.step();
    await pass(0);
    call.step();
    worker.kill();
    startProcess().sweep();
    await pass(0);
    startProcess().sweep();
    await pass(60_000);
    expect(server.shipments.map(({ lines, isLast }) => [lines.length, isLast])).toEqual([
      [10, false],
      [2, true],
    ]);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
  });

  it('is not touched while its process lives, and found when a death is told', async () => {
    const { server, startProcess, pass } = createShippingMachine();
    const worker = startProcess();
    const call = worker.openCall('RM_a');
    call.step();
    await pass(0);
    const leftovers = startProcess().sweep();
    await pass(100_000);
    expect(server.isOver('RM_a.main.1')).toBe(false);
    worker.kill();
    await pass(0);
    leftovers.lookNow();
    await pass(0);
    expect(server.isOver('RM_a.main.1')).toBe(true);
  });

  it('is found within 30 s where nobody tells', async () => {
    const { server, startProcess, pass } = createShippingMachine();
    const worker = startProcess();
    worker.openCall('RM_a').step();
    await pass(0);
    startProcess().sweep();
    await pass(10_000);
    worker.kill();
    await pass(20_000);
    expect(server.isOver('RM_a.main.1')).toBe(true);
  });

  it('is shipped by one of several who look, and by another when that one dies', async () => {
    const { server, startProcess, pass, written, files } = await leftCall();
    server.mood = 'hangs';
    const [first, second] = [startProcess(), startProcess()];
    const [one, two] = [first.sweep(), second.sweep()];
    await pass(1_000);
    const counts = [one.counts().journalsUnderWay, two.counts().journalsUnderWay];
    expect(counts.toSorted()).toEqual([0, 1]);
    (counts[0] === 1 ? first : second).kill();
    server.mood = 'takes';
    await pass(30_000);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    expect(files()).toEqual(['RM_a.main.1.ndjson', 'RM_a.main.1.ndjson.shipped']);
  });

  it('waits for a server that is away', async () => {
    const { server, startProcess, pass, written } = await leftCall();
    server.mood = 'refuses';
    startProcess().sweep();
    await pass(25_000);
    server.mood = 'takes';
    await pass(10_000);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
  });

  it('from before there was a server is shipped too', async () => {
    const { server, startProcess, pass, journalFile, written, files } = await leftCall();
    rmSync(`${journalFile('RM_a')}.owner-1`);
    startProcess().sweep();
    await pass(0);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    expect(files()).toEqual(['RM_a.main.1.ndjson', 'RM_a.main.1.ndjson.shipped']);
  });

  it('whose owner died before it could say who it is counts as owned for a minute', async () => {
    const { server, startProcess, pass, journalFile } = await leftCall();
    const owner = `${journalFile('RM_a')}.owner-1`;
    truncateSync(owner);
    const leftovers = startProcess().sweep();
    await pass(0);
    expect(server.shipments).toEqual([]);
    const longAgoS = Date.now() / 1_000 - 61;
    utimesSync(owner, longAgoS, longAgoS);
    leftovers.lookNow();
    await pass(0);
    expect(server.isOver('RM_a.main.1')).toBe(true);
  });

  it('is deleted where its call was', async () => {
    const { server, startProcess, pass, files } = await leftCall();
    server.deleted.add('RM_a');
    startProcess().sweep();
    await pass(0);
    expect(files()).toEqual([]);
  });
});

describe('a journal that is not whole', () => {
  it('is cut where its last line was torn', async () => {
    const { server, startProcess, pass, journalFile, written } = await leftCall();
    appendFileSync(journalFile('RM_a'), '{"line":"event","v":1,"ca');
    startProcess().sweep();
    await pass(0);
    expect(server.lines('RM_a.main.1')).toEqual(written('RM_a'));
    expect(server.isOver('RM_a.main.1')).toBe(true);
  });

  it('has what the loss of power swallowed told as lost, in its place', async () => {
    const { server, startProcess, pass, journalFile } = await leftCall();
    const lines = readFileSync(journalFile('RM_a'), 'utf8').split('\n');
    lines[3] = '\0'.repeat(100);
    lines[4] = '{"line":"event"';
    lines[7] = JSON.stringify({ ...JSON.parse(lines[7] ?? ''), callId: 'RM_other' });
    writeFileSync(journalFile('RM_a'), lines.join('\n'));
    const sweeper = startProcess();
    const leftovers = sweeper.sweep();
    await pass(0);
    const stored = server.lines('RM_a.main.1') as { seq: number; type: string }[];
    expect(stored.map(({ seq }) => seq)).toEqual([...stored.keys()]);
    expect(stored).toHaveLength(12);
    expect(stored.flatMap(({ type }, seq) => (type === 'lineLost' ? [seq] : []))).toEqual([2, 3, 6]);
    expect(leftovers.counts()).toMatchObject({ shippedLines: 12, lostLines: 3 });
    expect(server.isOver('RM_a.main.1')).toBe(true);
  });

  it.each([
    ['of another version', '{"line":"header","v":2}\n'],
    ['without a header', '{"line":"event"}\n'],
    ['of something else', 'Dear diary,\n'],
    ['with half a header', '{"line":"hea'],
    ['that is empty', ''],
  ])('%s is left as it is', async (_name, text) => {
    const { server, startProcess, pass, journalFile, files } = await leftCall();
    writeFileSync(journalFile('RM_a'), text);
    startProcess().sweep();
    await pass(100_000);
    expect(server.shipments).toEqual([]);
    expect(readFileSync(journalFile('RM_a'), 'utf8')).toBe(text);
    expect(files()).toEqual(['RM_a.main.1.ndjson']);
  });

  it('keeps none of the others, nor does one that the server takes for faulty', async () => {
    const machine = createShippingMachine();
    await leftCall(machine, 'RM_a');
    await leftCall(machine, 'RM_b');
    const { server, startProcess, pass, written } = await leftCall(machine, 'RM_c');
    writeFileSync(machine.journalFile('RM_a'), 'Dear diary,\n');
    server.mood = 'findsFault';
    const sweeper = startProcess();
    const leftovers = sweeper.sweep();
    await pass(1_000);
    expect(leftovers.counts().journalsUnderWay).toBe(0);
    server.mood = 'takes';
    await pass(60_000);
    expect(server.shipments).toEqual([]);
    sweeper.kill();
    startProcess().sweep();
    await pass(0);
    for (const id of ['RM_b', 'RM_c']) expect(server.lines(`${id}.main.1`)).toEqual(written(id));
  });
});
