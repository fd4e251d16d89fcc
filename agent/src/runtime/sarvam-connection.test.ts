import { expect, test } from 'vitest';
import { languageOfSarvam, sarvamLanguage } from './sarvam-connection.ts';

const KNOWN = ['hi-IN', 'od-IN'];

test.each([
  ['hi', 'hi-IN'],
  ['hi-Deva-IN', 'hi-IN'],
  ['or', 'od-IN'],
  ['fr', null],
])('%s is %s to the vendor', (tag, language) => {
  expect(sarvamLanguage(tag, KNOWN)).toBe(language);
});

test.each([
  ['hi-IN', 'hi-IN'],
  ['od-IN', 'or-IN'],
  ['unknown', undefined],
  [null, undefined],
])('what the vendor calls %s is %s, as rules on the language heard have it', (language, tag) => {
  expect(languageOfSarvam(language)).toBe(tag);
});
