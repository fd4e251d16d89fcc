import { describe, expect, it } from 'vitest';
import { costWords, countWords } from './usage-words.ts';

const nothing = {
  provider: 'p',
  model: 'm',
  audioMs: null,
  characters: null,
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  costUsd: null,
} as const;

describe('the usage of a model in words', () => {
  it.each([
    [{ ...nothing, stage: 'stt' as const, audioMs: 62_000 }, '1:02 of sound'],
    [{ ...nothing, stage: 'tts' as const, characters: 148 }, '148 characters'],
    [
      { ...nothing, stage: 'llm' as const, inputTokens: 904, cachedInputTokens: 512, outputTokens: 22 },
      '904 tokens in, 512 of them cached, 22 tokens out',
    ],
    [
      { ...nothing, stage: 'llm' as const, inputTokens: 904, cachedInputTokens: 0, outputTokens: 0 },
      '904 tokens in, 0 tokens out',
    ],
    [{ ...nothing, stage: 'llm' as const }, 'Not counted'],
  ])('says what was counted, and nothing of the rest', (counted, words) => {
    expect(countWords(counted)).toBe(words);
  });
});

it('tells a cost too small to be shown from none', () => {
  expect(costWords(0)).toBe('$0.00');
  expect(costWords(0.00004)).toBe('less than $0.0001');
  expect(costWords(0.0123)).toBe('$0.0123');
  expect(costWords(1.5)).toBe('$1.50');
});
