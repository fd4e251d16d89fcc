import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createShippingMachine } from './testing/shipping-machine.ts';

const sound = Buffer.from('RIFF and an hour of sound');

/** A call in a process that has no disk in common with the server, with a recording beside its journal. */
async function recordedCall() {
  const machine = createShippingMachine();
  const worker = machine.startProcess({ sendsFiles: true });
  const call = worker.openCall('RM_a', 2);
  call.step();
  await machine.pass(0);
  const folder = path.dirname(machine.journalFile('RM_a'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'RM_a.2.wav.part'), sound);
  return { ...machine, worker, call };
}

describe('recording and journal of a call', () => {
  it('go to a server with another disk when the call has ended, and are deleted here', async () => {
    const { server, worker, call, pass, files, journalFile } = await recordedCall();
    await pass(60_000);
    expect(server.files.size).toBe(0);
    const journal = readFileSync(journalFile('RM_a', 2));
    call.journal.close();
    await pass(0);
    expect(server.files.get('/internal/files/RM_a/2/recording.part')).toEqual(sound);
    expect(server.files.get('/internal/files/RM_a/2/journal')).toEqual(journal);
    expect(files()).toEqual([]);
    expect(worker.shipper.counts()).toMatchObject({ uploadedFiles: 2 });
  });

  it('stay where the server has the same disk', async () => {
    const { startProcess, server, pass, files } = createShippingMachine();
    const call = startProcess().openCall('RM_a');
    call.step();
    call.journal.close();
    await pass(0);
    expect(server.files.size).toBe(0);
    expect(files()).toEqual(['RM_a.main.1.ndjson', 'RM_a.main.1.ndjson.shipped']);
  });

  it('stay until the server has them, however long that takes', async () => {
    const { server, call, pass, files } = await recordedCall();
    server.filesMood = 'refuses';
    call.journal.close();
    await pass(50_000);
    expect(server.isOver('RM_a.main.2')).toBe(true);
    expect(files()).toContain('RM_a.2.wav.part');
    server.filesMood = 'takes';
    await pass(10_000);
    expect(server.files.size).toBe(2);
    expect(files()).toEqual([]);
  });

  it('are sent by another process when theirs dies, those that are missing', async () => {
    const { server, worker, call, pass, files, startProcess } = await recordedCall();
    server.filesMood = 'hangs';
    call.journal.close();
    await pass(1_000);
    worker.kill();
    server.filesMood = 'takes';
    startProcess({ sendsFiles: true }).sweep();
    await pass(0);
    expect(server.files.size).toBe(2);
    expect(files()).toEqual([]);
    expect(server.shipments.flatMap(({ lines }) => lines)).toHaveLength(2);
  });

  it('are deleted where their call was', async () => {
    const { server, call, pass, files } = await recordedCall();
    server.filesMood = 'refuses';
    call.journal.close();
    await pass(1_000);
    server.deleted.add('RM_a');
    server.filesMood = 'takes';
    await pass(10_000);
    expect(files()).toEqual([]);
    expect(server.files.size).toBe(0);
  });

  it('stay where the server will not take them, and the log says so', async () => {
    const { server, call, pass, files } = await recordedCall();
    server.filesMood = 'finds too large';
    call.journal.close();
    await pass(60_000);
    expect(server.isOver('RM_a.main.2')).toBe(true);
    expect(files()).toEqual([
      'RM_a.2.wav.part',
      'RM_a.main.2.ndjson',
      'RM_a.main.2.ndjson.owner-1',
      'RM_a.main.2.ndjson.shipped',
    ]);
  });

  it('are not deleted where the server put its copy in their place', async () => {
    const { server, call, pass, files, journalFile, startProcess } = await recordedCall();
    const folder = path.dirname(journalFile('RM_a'));
    server.onFile = (name, bytes) => {
      const place = name.endsWith('recording.part') ? 'RM_a.2.wav.part' : 'RM_a.main.2.ndjson';
      writeFileSync(path.join(folder, 'upload.tmp'), bytes);
      renameSync(path.join(folder, 'upload.tmp'), path.join(folder, place));
    };
    call.journal.close();
    await pass(0);
    startProcess({ sendsFiles: true }).sweep();
    await pass(60_000);
    expect(server.files.size).toBe(2);
    expect(files()).toEqual(['RM_a.2.wav.part', 'RM_a.main.2.ndjson', 'RM_a.main.2.ndjson.shipped']);
  });
});
