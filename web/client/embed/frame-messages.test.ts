import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNews, readOrder } from './frame-messages.ts';

describe('messages of a framed call', () => {
  it('are read as they were sent', () => {
    const news = [
      { type: 'parley-call:started' },
      { type: 'parley-call:ended', reason: 'you', durationMs: 1_200 },
      { type: 'parley-call:sized', heightPx: 420.5 },
    ];
    expect(news.map(readNews)).toEqual(news);
    const orders = [{ type: 'parley-call:end' }, { type: 'parley-call:theme', theme: 'dark' }];
    expect(orders.map(readOrder)).toEqual(orders);
  });

  it('are nothing where something else is sent', () => {
    for (const heightPx of [-1, Number.NaN, Number.POSITIVE_INFINITY, '10', null])
      expect(readNews({ type: 'parley-call:sized', heightPx })).toBeNull();
    expect(readNews({ type: 'parley-call:ended', reason: {}, durationMs: 1 })).toBeNull();
    expect(readOrder({ type: 'parley-call:started' })).toBeNull();
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(readNews(data)).toBeNull();
        expect(readOrder(data)).toBeNull();
      }),
    );
  });
});
