import { expect, test } from 'vitest';
import { textParts } from './text-parts.ts';

test('a text that is short enough is one part', () => {
  expect(textParts('One. Two.', 9)).toEqual([{ text: 'One. Two.', charStart: 0 }]);
});

test('the parts of a longer one are whole sentences, each where it stands', () => {
  const text = 'A sentence of thirty characters. '.repeat(40);
  const parts = textParts(text, 500);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.length).toBeLessThan(5);
  for (const { text: part, charStart } of parts) {
    expect(part.length).toBeLessThanOrEqual(500);
    expect(text.startsWith(part, charStart)).toBe(true);
    expect(part.trimEnd()).toMatch(/\.$/);
  }
});
