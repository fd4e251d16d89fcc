import { describe, expect, it } from 'vitest';
import { checkPriceTable, NO_PRICES, pricesOf, priceTableSchema } from './price-table.ts';

describe('a table of prices', () => {
  it('may leave out stages', () => {
    expect(checkPriceTable({})).toEqual({ kind: 'sound', prices: NO_PRICES });
  });

  it('says of each fault where it stands', () => {
    const table = {
      stt: { deepgram: { 'nova-3': { perAudioMinute: '0.0048' } } },
      llm: { openai: { o3: { perMillionInputTokens: 2 } } },
      tts: { openai: { 'tts-1': { perMillionCharacters: -1, perAudioMinute: 3 } } },
      video: {},
    };
    const checked = checkPriceTable(table);
    expect(checked.kind === 'faulty' ? checked.faults : []).toEqual([
      'stt > deepgram > nova-3 > perAudioMinute: Invalid input: expected number, received string',
      'llm > openai > o3 > perMillionOutputTokens: Invalid input: expected number, received undefined',
      'tts > openai > tts-1 > perMillionCharacters: Too small: expected number to be >=0',
      'tts > openai > tts-1: Unrecognized key: "perAudioMinute"',
      'the file: Unrecognized key: "video"',
    ]);
    expect(checkPriceTable(null)).toMatchObject({ kind: 'faulty', faults: [/^the file: /] });
  });

  it('is cut to the providers of an agent, a stage at a time', () => {
    const price = { '*': { perMillionCharacters: 1 } };
    const prices = priceTableSchema.parse({
      stt: { one: { '*': { perAudioMinute: 1 } } },
      tts: { one: price, two: price },
    });
    const none = new Set<string>();
    expect(pricesOf(prices, { stt: none, llm: new Set(['one']), tts: new Set(['two', 'three']) })).toEqual({
      stt: {},
      llm: {},
      tts: { two: price },
    });
  });
});
