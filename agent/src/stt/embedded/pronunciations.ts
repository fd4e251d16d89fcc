/** A word as a recogniser's dictionary has it: a second way to say it is a word of its own, `tomato(2)`. */
export type DictionaryEntry = readonly [word: string, phones: string];

/** The phones of the acoustic model. Source: its phone set; the 39 of the CMU pronouncing dictionary. */
const PHONES: readonly string[] =
  'AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH'.split(
    ' ',
  );

/** Each phone as a word of its own, for a grammar of free sounds. */
export const PHONE_ENTRIES: readonly DictionaryEntry[] = PHONES.map((phone) => [phone.toLowerCase(), phone]);

/** Whether a word of `PHONE_ENTRIES` is a vowel. */
export function isVowel(word: string): boolean {
  return /^[aeiou]/.test(word);
}

/** Sounds that no dictionary spells as people do. */
const SOUNDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['mm-hmm', ['M HH M', 'AH M HH AH M']],
  ['mmhmm', ['M HH M']],
  ['mhm', ['M HH M']],
  ['hm', ['HH M']],
  ['erm', ['ER M', 'AH M']],
]);

/** Finds the words in the text of a CMU dictionary (`word PHONE PHONE`, a line each; `word(2)` for a second way). */
export function lookUp(dictionary: string, words: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const wanted = new Set(words);
  const found = new Map<string, string[]>();
  for (const word of wanted) {
    const sounds = SOUNDS.get(word);
    if (sounds !== undefined) found.set(word, [...sounds]);
  }
  // Line by line, since a list of all 134,000 would stay in memory for good.
  for (let at = 0; at < dictionary.length; ) {
    const nextLine = dictionary.indexOf('\n', at);
    const end = nextLine < 0 ? dictionary.length : nextLine;
    const space = dictionary.indexOf(' ', at);
    const word = dictionary.slice(at, Math.min(space < 0 ? end : space, end)).replace(/\(\d+\)$/, '');
    if (wanted.has(word) && !SOUNDS.has(word) && space < end) {
      const phones = dictionary.slice(space + 1, end).trim();
      const known = found.get(word);
      if (known === undefined) found.set(word, [phones]);
      else known.push(phones);
    }
    at = end + 1;
  }
  return found;
}

/** Words with all their ways to be said, numbered as a decoder wants them. */
export function dictionaryEntries(
  pronunciations: ReadonlyMap<string, readonly string[]>,
): readonly DictionaryEntry[] {
  return [...pronunciations].flatMap(([word, ways]) =>
    ways.map((phones, index): DictionaryEntry => [index === 0 ? word : `${word}(${index + 1})`, phones]),
  );
}
