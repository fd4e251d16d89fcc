import { expect, it } from 'vitest';
import { isEcho, lastWords } from './echo.ts';

const story = Array.from({ length: 40 }, (_, index) => `word${index}`);

it('knows an echo that is longer than what is remembered, told a little late', () => {
  expect(isEcho(story.slice(0, 37), lastWords(story.join(' ')), true)).toBe(true);
});

it('hears who speaks after a long echo', () => {
  const words = [...story, 'i', 'want', 'another', 'one'];
  expect(isEcho(words, lastWords(story.join(' ')), true)).toBe(false);
});

it('knows one of the last words alone only where it began before the agent had ended', () => {
  expect(isEcho(['friday'], 'We close on Friday.', true)).toBe(true);
  expect(isEcho(['friday'], 'We close on Friday.', false)).toBe(false);
  expect(isEcho(['we'], 'We close on Friday.', true)).toBe(false);
});
