import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mixSpeech, writeWav } from './spoken-wav.ts';

it('puts each speech at its time, adds what overlaps and keeps it within range', () => {
  const mixed = mixSpeech({
    speeches: [
      { atMs: 2, samples: Int16Array.of(5, 5) },
      { atMs: 3, samples: Int16Array.of(32_767) },
    ],
    sampleRateHz: 1_000,
    durationMs: 6,
  });
  expect([...mixed]).toEqual([0, 0, 5, 32_767, 0, 0]);
});

it('grows when speech runs past the end', () => {
  const speeches = [{ atMs: 1, samples: Int16Array.of(1, 2, 3) }];
  expect(mixSpeech({ speeches, sampleRateHz: 1_000, durationMs: 0 })).toHaveLength(4);
});

it('writes a WAV file that says its rate and length', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-wav-'));
  try {
    await writeWav(join(folder, 'a.wav'), Int16Array.of(1, -1), 16_000);
    const bytes = await readFile(join(folder, 'a.wav'));
    expect(bytes.toString('ascii', 0, 4)).toBe('RIFF');
    expect(bytes.readUInt32LE(24)).toBe(16_000);
    expect([bytes.readUInt32LE(40), bytes.readInt16LE(44), bytes.readInt16LE(46)]).toEqual([4, 1, -1]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
