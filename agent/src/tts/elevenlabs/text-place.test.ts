import { expect, test } from 'vitest';
import { createTextPlace } from './text-place.ts';

/** Takes characters 10 ms apart; returns the words and whether each was taken. */
function take(place: ReturnType<typeof createTextPlace>, chars: readonly string[], fromMs = 0) {
  const taken = chars.map((text, index) => {
    const startMs = fromMs + 10 * index;
    return place.take({ text, startMs, endMs: startMs + 10 });
  });
  return { taken, words: place.words() };
}

test('words are told once they are whole, with the times of their first and last character', () => {
  const place = createTextPlace('Two words, 5 €. ');
  expect(take(place, [...'Two wo']).words).toEqual([{ text: 'Two', startMs: 0, endMs: 30 }]);
  expect(place.isAtEnd).toBe(false);
  expect(take(place, [...'rds, 5 €.'], 60).words).toEqual([
    { text: 'words,', startMs: 40, endMs: 100 },
    { text: '5', startMs: 110, endMs: 120 },
    { text: '€.', startMs: 130, endMs: 150 },
  ]);
  expect(place.isAtEnd).toBe(true);
});

test('characters that the vendor leaves out are passed over, with the words that they are', () => {
  const place = createTextPlace('naïve 😀 café ');
  expect(take(place, [...'nave caf']).words).toEqual([{ text: 'naïve', startMs: 0, endMs: 40 }]);
  expect(take(place, ['é'], 80).words).toEqual([{ text: 'café', startMs: 50, endMs: 90 }]);
});

test('a character of another text is not taken', () => {
  const place = createTextPlace('One. ');
  expect(take(place, [...'One.']).taken).toEqual([true, true, true, true]);
  expect(take(place, ['A', ' ', 'O']).taken).toEqual([false, true, false]);
});

test('surrogate pairs are one character', () => {
  const place = createTextPlace('𝒜b c ');
  expect(take(place, [...'𝒜b c']).words.map(({ text }) => text)).toEqual(['𝒜b', 'c']);
  expect(place.isAtEnd).toBe(true);
});
