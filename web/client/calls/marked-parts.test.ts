import fc from 'fast-check';
import { expect, it } from 'vitest';
import { markedParts } from './marked-parts.ts';

it('cuts a snippet at the words that were searched for', () => {
  const parts = markedParts({ text: 'two tickets, please', hits: [{ start: 4, end: 11 }] });
  expect(parts.map(({ text, isHit }) => (isHit ? `[${text}]` : text)).join('')).toBe('two [tickets], please');
});

it('loses and doubles nothing, whatever the hits', () => {
  const hit = fc.record({ start: fc.integer({ min: -3, max: 30 }), end: fc.integer({ min: -3, max: 30 }) });
  fc.assert(
    fc.property(fc.string({ maxLength: 25 }), fc.array(hit), (text, hits) => {
      const parts = markedParts({ text, hits });
      expect(parts.map((part) => part.text).join('')).toBe(text);
      expect(new Set(parts.map(({ at }) => at)).size).toBe(parts.length);
    }),
  );
});
