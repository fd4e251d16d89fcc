import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openWav } from '@parley/recordings/testing/open-wav';
import { wavHeader } from '@parley/recordings/wav-file';
import { describe, expect, it } from 'vitest';
import { createShippingMachine, STARTED_AT_EPOCH_MS } from './testing/shipping-machine.ts';

/** A call of one process, with so much sound; its process dies. */
async function leftCall(options: { readonly sendsFiles?: boolean } = {}) {
  const machine = createShippingMachine();
  const { startProcess, pass, journalFile } = machine;
  const worker = startProcess(options);
  worker.openCall('RM_a').commit('hello');
  await pass(0);
  const folder = path.dirname(journalFile('RM_a'));
  const lay = (generation: number, fromMs: number, ms: number) => {
    const spans = [{ generation, from: fromMs * 16, to: null }];
    const info = { callId: 'RM_a', startedAtEpochMs: STARTED_AT_EPOCH_MS, from: fromMs * 16, spans };
    const sound = Buffer.alloc(ms * 64 + 3, 1);
    writeFileSync(
      path.join(folder, `RM_a.${generation}.wav.part`),
      Buffer.concat([wavHeader(info, null), sound]),
    );
  };
  lay(1, 0, 1_000);
  return { ...machine, worker, folder, lay };
}

const recordings = (files: readonly string[]) => files.filter((name) => !name.includes('ndjson'));

describe('the part of a recording that a dead process left behind', () => {
  it('becomes the recording, once calls had time to be taken up, with the length of what there is', async () => {
    const { worker, startProcess, pass, files, folder } = await leftCall();
    worker.kill();
    startProcess().sweep();
    await pass(4_900);
    expect(recordings(files())).toEqual(['RM_a.1.wav.part']);
    await pass(100);
    expect(recordings(files())).toEqual(['RM_a.peaks.json', 'RM_a.wav']);
    expect(openWav(path.join(folder, 'RM_a.wav')).lengthMs).toBe(1_000);
  });

  it('is joined, and that of the living process is not touched', async () => {
    const { worker, startProcess, pass, files, lay } = await leftCall();
    lay(2, 2_000, 500);
    worker.kill();
    startProcess().sweep();
    await pass(5_000);
    expect(recordings(files())).toEqual(['RM_a.2.wav.part', 'RM_a.peaks.json', 'RM_a.wav']);
  });

  it('stays while its process lives', async () => {
    const { startProcess, pass, files } = await leftCall();
    startProcess().sweep();
    await pass(60_000);
    expect(recordings(files())).toEqual(['RM_a.1.wav.part']);
  });

  it('is sent to a server that shares no disk, not joined', async () => {
    const { worker, startProcess, pass, files } = await leftCall({ sendsFiles: true });
    worker.kill();
    startProcess({ sendsFiles: true }).sweep();
    await pass(0);
    expect(files()).toEqual([]);
  });

  it('goes with a call that was deleted', async () => {
    const { worker, startProcess, pass, files, server } = await leftCall();
    worker.kill();
    server.deleted.add('RM_a');
    startProcess().sweep();
    await pass(0);
    expect(files()).toEqual([]);
  });

  it('keeps no journal from being shipped where it cannot be joined', async () => {
    const { worker, startProcess, pass, files, folder, server } = await leftCall();
    writeFileSync(path.join(folder, 'RM_a.1.wav.part'), 'no sound');
    worker.kill();
    startProcess().sweep();
    await pass(0);
    expect(server.isOver('RM_a.main.1')).toBe(true);
    expect(recordings(files())).toEqual(['RM_a.1.wav.part']);
  });
});
