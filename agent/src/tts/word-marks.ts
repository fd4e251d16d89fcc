import type { WordMark } from './contract.ts';

/** A word as a voice said it: perhaps written out ("twelve") where the text has digits ("12"). */
export interface SpokenWord {
  readonly text: string;
  /** From the start of the sound that the text has. */
  readonly startMs: number;
  readonly endMs: number;
  readonly isEstimated: boolean;
}

/** A word of the text with its punctuation, in UTF-16 code units. */
interface TextWord {
  readonly charStart: number;
  readonly charEnd: number;
  /** Letters and digits alone, in lower case; the symbols themselves where it has neither. */
  readonly plain: string;
  /** How long it takes to say, in syllables. */
  readonly weight: number;
}

/** How far ahead the next word that agrees is looked for: a long number fills many spoken words. */
const TEXT_WINDOW = 12;
const SPOKEN_WINDOW = 80;

/** A digit or a symbol is said as a word. Source: the mean of their English names ("seven", "percent"). */
const SYMBOL_SYLLABLES = 1.5;
/** A syllable's vowels in the scripts that write them; in other scripts a letter is about a syllable. */
const VOWELS = /[aeiouyаеиоуыэюяєіїαεηιουω]+/gu;
const ALPHABETS = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;

/**
 * Marks every word of `text`. Words that were said as they are written are anchors; what stands between two
 * anchors belongs together, so that a number said in many words is one mark. Where the times of several words
 * cannot be told apart, or a word was not reported, its time is estimated by length. The marks are in order,
 * never overlap, and lie within the sound.
 */
export function alignWordMarks(speech: {
  readonly text: string;
  readonly spoken: readonly SpokenWord[];
  readonly durationMs: number;
}): readonly WordMark[] {
  const words = textWords(speech.text);
  const spoken = speech.spoken.map((word) => ({ ...word, plain: plainText(word.text) }));
  const marks: WordMark[] = [];
  let atMs = 0;
  for (const group of groupWords(words, spoken)) {
    const first = spoken[group.spokenFrom];
    const last = spoken[group.spokenTo - 1];
    const isSpoken = group.spokenFrom < group.spokenTo;
    const startMs = clamp(isSpoken ? (first?.startMs ?? atMs) : atMs, atMs, speech.durationMs);
    const silentUntilMs = first?.startMs ?? speech.durationMs;
    const endMs = clamp(isSpoken ? (last?.endMs ?? startMs) : silentUntilMs, startMs, speech.durationMs);
    const isEstimated =
      group.textTo - group.textFrom > 1 ||
      !isSpoken ||
      spoken.slice(group.spokenFrom, group.spokenTo).some((word) => word.isEstimated);
    marks.push(...shareTime(words.slice(group.textFrom, group.textTo), { startMs, endMs, isEstimated }));
    atMs = endMs;
  }
  return marks;
}

/** How long a text takes to say, in syllables; 0 where it holds nothing that is said. */
export function syllablesIn(text: string): number {
  return textWords(text).reduce((sum, { weight }) => sum + weight, 0);
}

/** Words of the text, and the spoken words that say them; every index from 0 stands in exactly one group. */
interface WordGroup {
  readonly textFrom: number;
  readonly textTo: number;
  readonly spokenFrom: number;
  readonly spokenTo: number;
}

function groupWords(words: readonly TextWord[], spoken: readonly { readonly plain: string }[]): WordGroup[] {
  const groups: WordGroup[] = [];
  let textFrom = 0;
  let spokenFrom = 0;
  const take = (textCount: number, spokenCount: number) => {
    const textTo = textFrom + textCount;
    const spokenTo = spokenFrom + spokenCount;
    const before = groups.at(-1);
    // Sound that no word of the text accounts for belongs to the word before it.
    if (textCount === 0 && before) groups[groups.length - 1] = { ...before, spokenTo };
    else if (textCount > 0) groups.push({ textFrom, textTo, spokenFrom, spokenTo });
    textFrom = textTo;
    spokenFrom = spokenTo;
  };
  while (textFrom < words.length) {
    const agreeing = agreeingCount(words[textFrom], spoken, spokenFrom);
    if (agreeing > 0) {
      take(1, agreeing);
      continue;
    }
    const anchor = nextAnchor(words, spoken, textFrom, spokenFrom);
    const textLeft = words.length - textFrom;
    const spokenLeft = spoken.length - spokenFrom;
    if (anchor) take(anchor.textCount, anchor.spokenCount);
    else if (textLeft <= TEXT_WINDOW || spokenLeft === 0) take(textLeft, spokenLeft);
    else take(1, 1);
  }
  take(0, Math.max(0, spoken.length - spokenFrom));
  return groups;
}

/**
 * How many spoken words from `from` on say the text's word letter by letter: `well-known` is two. 0 for none.
 */
function agreeingCount(
  word: TextWord | undefined,
  spoken: readonly { readonly plain: string }[],
  from: number,
): number {
  if (word === undefined) return 0;
  let rest = word.plain;
  for (let index = from; index < spoken.length; index++) {
    const plain = spoken[index]?.plain ?? '';
    if (plain === '' || !rest.startsWith(plain)) return 0;
    rest = rest.slice(plain.length);
    if (rest === '') return index - from + 1;
  }
  return 0;
}

/** The nearest place from which text and speech agree again. */
function nextAnchor(
  words: readonly TextWord[],
  spoken: readonly { readonly plain: string }[],
  textFrom: number,
  spokenFrom: number,
): { readonly textCount: number; readonly spokenCount: number } | null {
  let best: { textCount: number; spokenCount: number } | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let textCount = 0; textCount <= TEXT_WINDOW && textFrom + textCount < words.length; textCount++) {
    const lastCount = Math.min(SPOKEN_WINDOW, spoken.length - spokenFrom - 1);
    for (let spokenCount = 0; spokenCount <= lastCount; spokenCount++) {
      // A word of the text that nobody says is rarer than one that is said in more words.
      const cost = textCount + spokenCount + 4 * Math.max(0, textCount - spokenCount);
      if (cost >= bestCost) continue;
      if (agreeingCount(words[textFrom + textCount], spoken, spokenFrom + spokenCount) === 0) continue;
      best = { textCount, spokenCount };
      bestCost = cost;
    }
  }
  return best;
}

function shareTime(
  words: readonly TextWord[],
  span: { readonly startMs: number; readonly endMs: number; readonly isEstimated: boolean },
): WordMark[] {
  const total = words.reduce((sum, word) => sum + word.weight, 0);
  const spanMs = span.endMs - span.startMs;
  let said = 0;
  return words.map(({ charStart, charEnd, weight }) => {
    const startMs = span.startMs + (spanMs * said) / total;
    said += weight;
    const endMs = said === total ? span.endMs : span.startMs + (spanMs * said) / total;
    return { charStart, charEnd, startMs, endMs, isEstimated: span.isEstimated };
  });
}

/** What stands between spaces and holds a letter, a digit or a symbol that is said. */
function textWords(text: string): readonly TextWord[] {
  return [...text.matchAll(/\S+/g)]
    .filter(([chunk]) => /[\p{L}\p{N}\p{Sc}&@%+=#*/]/u.test(chunk))
    .map((match) => ({
      charStart: match.index,
      charEnd: match.index + match[0].length,
      plain: plainText(match[0]),
      weight: spokenWeight(match[0]),
    }));
}

function plainText(word: string): string {
  const lower = word.normalize('NFKD').toLowerCase();
  const letters = lower.replace(/[^\p{L}\p{N}]/gu, '');
  return letters === '' ? lower.replace(/[^\p{S}&@%#*/]/gu, '') : letters;
}

function spokenWeight(word: string): number {
  const plain = word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const syllables = (plain.match(/\p{L}+/gu) ?? []).reduce((sum, part) => sum + syllablesOf(part), 0);
  const symbols = word.match(/[\p{N}\p{S}&@%#*/]/gu)?.length ?? 0;
  return Math.max(1, syllables + SYMBOL_SYLLABLES * symbols);
}

function syllablesOf(letters: string): number {
  if (!ALPHABETS.test(letters)) return letters.length;
  return Math.max(1, letters.match(VOWELS)?.length ?? 0);
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(highest, value));
}
