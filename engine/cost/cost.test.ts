import type { CallUsage } from '@parley/contracts/call-record';
import { describe, expect, it } from 'vitest';
import { costOf, totalCost, withCosts } from './cost.ts';
import { priceTableSchema } from './price-table.ts';
import { addUsage, type CountedUsage } from './usage-by-model.ts';

const PRICES = priceTableSchema.parse({
  stt: { ear: { 'one-language': { perAudioMinute: 0.006 } } },
  llm: {
    mind: {
      caching: { perMillionInputTokens: 2, perMillionCachedInputTokens: 0.5, perMillionOutputTokens: 8 },
      plain: { perMillionInputTokens: 2, perMillionOutputTokens: 8 },
    },
  },
  tts: {
    mouth: {
      'dear-*': { perMillionCharacters: 100 },
      '*': { perMillionCharacters: 30 },
      dear: { perMillionCharacters: 300 },
      'dear-to-*': { perMillionCharacters: 200 },
    },
  },
});

const llm = { stage: 'llm', provider: 'mind' } as const;

describe('the cost of a model', () => {
  it.each<[string, CountedUsage, number | null]>([
    ['sound by the minute', { stage: 'stt', provider: 'ear', model: 'one-language', audioMs: 90_000 }, 0.009],
    ['tokens by their kind', { ...llm, model: 'plain', inputTokens: 1_000, outputTokens: 100 }, 0.0028],
    [
      'cached tokens by their own price',
      { ...llm, model: 'caching', inputTokens: 1_000, cachedInputTokens: 600, outputTokens: 0 },
      0.0011,
    ],
    [
      'cached tokens like others where they have none',
      { ...llm, model: 'plain', inputTokens: 1_000, cachedInputTokens: 600 },
      0.002,
    ],
    [
      'no more cached tokens than there are',
      { ...llm, model: 'caching', inputTokens: 100, cachedInputTokens: 600 },
      0.00005,
    ],
    ['characters', { stage: 'tts', provider: 'mouth', model: 'dear', characters: 1_000 }, 0.3],
    [
      'a model by the longest beginning of its name',
      { stage: 'tts', provider: 'mouth', model: 'dear-to-me', characters: 1_000 },
      0.2,
    ],
    [
      'another by a shorter one',
      { stage: 'tts', provider: 'mouth', model: 'dear-2', characters: 1_000 },
      0.1,
    ],
    [
      'any other model of a provider',
      { stage: 'tts', provider: 'mouth', model: 'new', characters: 1_000 },
      0.03,
    ],
    ['an unknown model', { ...llm, model: 'new', inputTokens: 1 }, null],
    ['an unknown provider', { stage: 'tts', provider: 'toString', model: 'constructor' }, null],
    ['a model named as what every object has', { ...llm, model: 'constructor', inputTokens: 1 }, null],
  ])('counts %s', (_, counted, expected) => {
    const cost = costOf(counted, PRICES);
    if (expected === null) expect(cost).toBeNull();
    else expect(cost).toBeCloseTo(expected, 12);
  });
});

describe('the cost of a call', () => {
  const usageOf = (...counted: CountedUsage[]): CallUsage => ({
    sttAudioMs: null,
    llmInputTokens: null,
    llmOutputTokens: null,
    ttsCharacters: null,
    speculations: 0,
    usedSpeculations: 0,
    byModel: counted.reduce(addUsage, []),
  });
  const cost = (...counted: CountedUsage[]) => totalCost(withCosts(usageOf(...counted), PRICES));
  const heard: CountedUsage = { stage: 'stt', provider: 'ear', model: 'one-language', audioMs: 60_000 };
  const said: CountedUsage = { stage: 'tts', provider: 'mouth', model: 'any', characters: 100 };

  it('is the sum of its models, whatever their order and parts', () => {
    expect(cost(heard, said, heard)).toBe(0.015);
    expect(cost(said, { ...heard, audioMs: 120_000 })).toBe(0.015);
  });

  it('is known by model', () => {
    const { byModel } = withCosts(usageOf(heard, { ...llm, model: 'new', outputTokens: 4 }), PRICES);
    expect(byModel.map(({ model, costUsd }) => [model, costUsd])).toEqual([
      ['one-language', 0.006],
      ['new', null],
    ]);
  });

  it('is unknown where a model that was used has no price, and where nothing was counted', () => {
    expect(cost(heard, { ...llm, model: 'new', outputTokens: 4 })).toBeNull();
    expect(cost()).toBeNull();
  });

  it('ends in no row of nines', () => {
    expect(cost(...Array.from({ length: 30 }, () => ({ ...said, characters: 11 })))).toBe(0.0099);
  });
});
