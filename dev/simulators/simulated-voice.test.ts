import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { describe, expect, test } from 'vitest';
import { createSpeechVoice, createToneVoice, type SimulatedVoice } from './simulated-voice.ts';

const TEXT = 'Your table is booked.';

async function read(voice: SimulatedVoice, sampleRateHz: number) {
  const { signal } = new AbortController();
  const words: string[] = [];
  let samples = 0;
  for await (const block of voice.speak(TEXT, { sampleRateHz, signal })) {
    samples += block.samples.length;
    words.push(...block.words.map(({ text }) => text));
  }
  return { durationMs: (samples * 1000) / sampleRateHz, words };
}

describe('the voice of simulated vendors', () => {
  test('a tone lasts 60 ms a syllable and marks every word', async () => {
    expect(await read(createToneVoice(), 24_000)).toEqual({
      durationMs: 360,
      words: ['Your', 'table', 'is', 'booked.'],
    });
  });

  test('speech has the rate that is asked for, and marks every word', async () => {
    const voice = createSpeechVoice({ clock: createMonotonicClock() });
    const [low, high] = [await read(voice, 16_000), await read(voice, 44_100)];
    expect(low.durationMs).toBeGreaterThan(700);
    expect(high.durationMs).toBeCloseTo(low.durationMs, 0);
    expect(high.words).toEqual(['Your', 'table', 'is', 'booked.']);
    await voice.close();
  });

  test('an aborted one ends without a throw', async () => {
    for (const voice of [createToneVoice(), createSpeechVoice({ clock: createMonotonicClock() })]) {
      const blocks = [];
      for await (const block of voice.speak(TEXT, { sampleRateHz: 16_000, signal: AbortSignal.abort() }))
        blocks.push(block);
      expect(blocks).toEqual([]);
      await voice.close();
    }
  });
});
