import type fs from 'node:fs';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createShippingMachine, type ShippingMachine } from './testing/shipping-machine.ts';

/** What the disk still takes, in bytes; as a real one, it takes a part of what does not fit, and then nothing. */
const disk = vi.hoisted(() => ({ freeBytes: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const writeSync = (fd: number, bytes: Buffer, offset: number) => {
    const taken = Math.min(disk.freeBytes, bytes.length - offset);
    if (taken === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    disk.freeBytes -= taken;
    return real.writeSync(fd, bytes, offset, taken);
  };
  return { ...real, default: real, writeSync };
});
afterEach(() => {
  disk.freeBytes = Number.POSITIVE_INFINITY;
});

function seqs({ server }: ShippingMachine): readonly number[] {
  return (server.lines('RM_a.main.1') as { seq: number }[]).map(({ seq }) => seq);
}

function lost({ server }: ShippingMachine): readonly number[] {
  const lines = server.lines('RM_a.main.1') as { type: string }[];
  return lines.flatMap(({ type }, seq) => (type === 'lineLost' ? [seq] : []));
}

describe('a journal whose disk refuses', () => {
  it.each([0, 1, 170, 171, 500, 900])(
    'from %i bytes on is shipped from memory, without a gap',
    async (freeBytes) => {
      const machine = createShippingMachine();
      const call = machine.startProcess().openCall('RM_a');
      call.step();
      await machine.pass(0);
      disk.freeBytes = freeBytes;
      for (let steps = 0; steps < 10; steps++) {
        call.step();
        await machine.pass(300);
      }
      call.commit('hello');
      call.journal.close();
      await machine.pass(0);
      expect(seqs(machine)).toEqual([...Array(24).keys()]);
      expect(lost(machine)).toEqual([]);
      expect(machine.server.isOver('RM_a.main.1')).toBe(true);
    },
  );

  it('before its header is shipped all the same', async () => {
    const machine = createShippingMachine();
    disk.freeBytes = 40;
    const call = machine.startProcess().openCall('RM_a');
    call.step();
    call.journal.close();
    await machine.pass(0);
    expect(seqs(machine)).toEqual([0, 1]);
    expect(machine.server.isOver('RM_a.main.1')).toBe(true);
  });

  it('even to have it opened is shipped all the same', async () => {
    const machine = createShippingMachine();
    await rm(machine.dataDir, { recursive: true });
    writeFileSync(machine.dataDir, '');
    const worker = machine.startProcess();
    const call = worker.openCall('RM_a');
    call.commit('hello');
    await machine.pass(0);
    call.step();
    call.journal.close();
    await machine.pass(0);
    expect(seqs(machine)).toEqual([0, 1, 2, 3]);
    expect(worker.shipper.counts()).toMatchObject({ shippedLines: 4, unwrittenLines: 4 });
    expect(machine.server.isOver('RM_a.main.1')).toBe(true);
  });

  it('while the server is away too loses the oldest, and says which', async () => {
    const machine = createShippingMachine();
    const worker = machine.startProcess();
    const call = worker.openCall('RM_a');
    call.step();
    await machine.pass(0);
    machine.server.mood = 'isAway';
    disk.freeBytes = 0;
    for (let steps = 0; steps < 15_000; steps++) call.step();
    await machine.pass(1_000);
    machine.server.mood = 'takes';
    call.journal.close();
    await machine.pass(12_000);
    expect(seqs(machine)).toEqual([...Array(30_002).keys()]);
    const gone = lost(machine);
    expect(gone[0]).toBe(2);
    expect(gone.length).toBeGreaterThan(9_000);
    expect(gone.length).toBeLessThan(20_000);
    expect(gone).toEqual([...Array(gone.length).keys()].map((index) => index + 2));
    expect(worker.shipper.counts().lostLines).toBe(gone.length);
    expect(machine.server.isOver('RM_a.main.1')).toBe(true);
  });
});
