import { expect, it } from 'vitest';
import { hashSecret, isSecretOf, looksLikeKey, makeKeyText, readKeyText, writeKeyText } from './key-text.ts';

it('reads the keys that it makes, whatever signs are in them', () => {
  for (let made = 0; made < 500; made++) {
    const key = makeKeyText();
    expect(readKeyText(writeKeyText(key))).toEqual(key);
  }
});

it('makes no key twice', () => {
  const made = Array.from({ length: 500 }, () => writeKeyText(makeKeyText()));
  expect(new Set(made).size).toBe(500);
});

it.each(['', 'parley_', 'parley_a_b', `parley_${'a'.repeat(12)}_${'b'.repeat(42)}`, ' ', 'sk-123'])(
  'reads none in %j',
  (text) => {
    expect(readKeyText(text)).toBeNull();
  },
);

it('tells a faulty key of ours from a secret of another kind', () => {
  expect(looksLikeKey('parley_cut-off')).toBe(true);
  expect(looksLikeKey('open-sesame-open-sesame')).toBe(false);
});

it('knows a secret by its hash, and none by another', () => {
  const { secret } = makeKeyText();
  expect(isSecretOf(secret, hashSecret(secret))).toBe(true);
  expect(isSecretOf(makeKeyText().secret, hashSecret(secret))).toBe(false);
  expect(isSecretOf(secret, '')).toBe(false);
  expect(hashSecret(secret)).not.toContain(secret);
});
