import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLineBatch, MAX_LINE_BYTES } from './line-batch.ts';
import { readLines } from './read-lines.ts';

const header = {
  line: 'header',
  v: 1,
  engineVersion: '1',
  callId: callIdSchema.parse('RM_a'),
  seat: MAIN_SEAT,
  generation: 1,
  roomName: 'call-1',
  agent: 'desk',
  agentVersion: null,
  startedAtEpochMs: 0,
  settings: {},
  seed: 7,
} as const;

const lineOf = (seq: number, text = '') =>
  JSON.stringify({
    line: 'event',
    v: 1,
    callId: 'RM_a',
    seat: 'main',
    generation: 1,
    seq,
    atMs: seq,
    type: 'x',
    data: { text },
  });

function fileOf(...lines: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'journal');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

async function read(file: string, { from = 0, offset = 0, lines = 1_000, bytes = 10_000_000 } = {}) {
  const batch = createLineBatch(header, from, { lines, bytes });
  const end = await readLines(file, header, offset, batch);
  const types = batch.lines.map((line) => JSON.parse(line)).map(({ seq, type }) => `${seq} ${type}`);
  return { ...end, batch, types };
}

describe('lines of a file', () => {
  it('are read up to a limit, and on from there', async () => {
    const file = fileOf(JSON.stringify(header), ...[0, 1, 2, 3, 4].map((seq) => lineOf(seq)));
    const first = await read(file, { lines: 2 });
    expect(first).toMatchObject({ types: ['0 x', '1 x'], isEnd: false });
    const second = await read(file, { from: 2, offset: first.offset, bytes: lineOf(0).length * 2.5 });
    expect(second).toMatchObject({ types: ['2 x', '3 x'], isEnd: false });
    expect(await read(file, { from: 4, offset: second.offset })).toMatchObject({
      types: ['4 x'],
      isEnd: true,
    });
  });

  it('that are longer than all that is read at once are whole, and a shipment of their own', async () => {
    const file = fileOf(lineOf(0), lineOf(1, 'ü'.repeat(1_000_000)), lineOf(2));
    const first = await read(file, { bytes: 1_000 });
    expect(first.types).toEqual(['0 x']);
    const second = await read(file, { from: 1, offset: first.offset, bytes: 1_000 });
    expect(second.batch.lines[0]).toBe(lineOf(1, 'ü'.repeat(1_000_000)));
    expect(second.types).toEqual(['1 x']);
  });

  it('that no shipment can hold are told as lost', async () => {
    for (const length of [MAX_LINE_BYTES, MAX_LINE_BYTES * 3]) {
      const file = fileOf(lineOf(0), lineOf(1, 'a'.repeat(length)), lineOf(2));
      const { types, isEnd, batch } = await read(file);
      expect(types).toEqual(['0 x', '1 lineLost', '2 x']);
      expect({ isEnd, lostCount: batch.lostCount }).toEqual({ isEnd: true, lostCount: 1 });
    }
  });

  it('that are missing are told as lost within the limits of each shipment', async () => {
    const file = fileOf(lineOf(0), lineOf(10));
    const first = await read(file, { lines: 4 });
    expect(first.types).toEqual(['0 x', '1 lineLost', '2 lineLost', '3 lineLost']);
    const second = await read(file, { from: 4, offset: first.offset, lines: 100 });
    expect(second.types.slice(-2)).toEqual(['9 lineLost', '10 x']);
    expect(second.batch.nextSeq).toBe(11);
  });
});
