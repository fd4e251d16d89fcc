const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/[‘’‚′ʼ`]/gu, "'"],
  [/[“”„″«»]/gu, '"'],
  [/[–—―]/gu, ', '],
  [/…/gu, '... '],
  [/ß/gu, 'ss'],
  [/[æÆ]/gu, 'ae'],
  [/[øØ]/gu, 'o'],
  [/[łŁ]/gu, 'l'],
];

/**
 * Writes text in the printable ASCII that Flite reads; it would take each byte of another letter for a word.
 * Accents go, and what English has no letters for is left out. Numbers and symbols come as words: engine/reply/spoken.
 */
export function toPlainEnglish(text: string): string {
  const replaced = REPLACEMENTS.reduce(
    (rest, [pattern, by]) => rest.replace(pattern, by),
    text.normalize('NFC'),
  );
  return replaced
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\u2044/g, '/')
    .replace(/[^\x20-\x7E]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Whether anything of it can be said. */
export function isSayable(plainEnglish: string): boolean {
  return /[A-Za-z0-9]|[&@%+=#*$/]/.test(plainEnglish);
}
