/**
 * A recogniser that hears sound again repeats what was given out before. It is found by its words, which this one may have
 * understood a little differently.
 */
export interface RepeatMatch {
  /** Words at the start of `said` that the text repeats. */
  readonly saidWords: number;
  /** The text without them. */
  readonly rest: string;
  /** Words of the text that stand in `rest`, and how many there were before. */
  readonly restWords: number;
  readonly words: number;
}

/** Scores of an alignment: words that agree, nearly so, or not at all, and words that one side lacks. */
const SAME = 2;
const NEAR = 1;
const DIFFERENT = -1;
const MISSING = -1;

/**
 * Aligns what was said with the start of `text`, and cuts the text after it. `isCut`: the sound of the first words of
 * `said` may not have been heard again.
 */
export function matchRepeat(
  said: readonly string[],
  text: string,
  { isCut }: { readonly isCut: boolean },
): RepeatMatch {
  const heard = wordsIn(text);
  const { saidWords, heardWords } = align(
    said,
    heard.map(({ plain }) => plain),
    isCut,
  );
  const from = heard[heardWords]?.at ?? (heardWords === 0 ? 0 : text.length);
  return { saidWords, rest: text.slice(from), restWords: heard.length - heardWords, words: heard.length };
}

/** The words of a text as `matchRepeat` compares them. */
export function plainWords(text: string): readonly string[] {
  return wordsIn(text).map(({ plain }) => plain);
}

function align(said: readonly string[], heard: readonly string[], isCut: boolean) {
  /** Best score of the first words of both, row by row: rows of `said`, columns of `heard`. */
  let row = heard.map((_, index) => (index + 1) * MISSING);
  row.unshift(0);
  let best = { score: Number.NEGATIVE_INFINITY, saidWords: 0, heardWords: 0 };
  if (said.length === 0 || heard.length === 0) return best;
  // Of two readings that are as good, the one that cuts less: a word said twice is better than one that is lost.
  const consider = (score: number, saidWords: number, heardWords: number) => {
    if (score > best.score) best = { score, saidWords, heardWords };
  };
  for (const [index, word] of said.entries()) {
    const saidWords = index + 1;
    const next = [isCut ? 0 : saidWords * MISSING];
    for (const [place, other] of heard.entries()) {
      const both = (row[place] ?? 0) + likeness(word, other);
      const lacking = Math.max((row[place + 1] ?? 0) + MISSING, (next[place] ?? 0) + MISSING);
      next.push(Math.max(both, lacking));
    }
    // One of the two ends here: the text is nothing but a repeat, or all that was said was found.
    const isLast = saidWords === said.length;
    if (isLast) next.forEach((score, heardWords) => consider(score, saidWords, heardWords));
    else consider(next.at(-1) ?? 0, saidWords, heard.length);
    row = next;
  }
  return best;
}

/** Words that share half of their letters at their ends may be one word, understood differently. */
function likeness(one: string, other: string): number {
  if (one === other) return SAME;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  let before = 0;
  while (before < short.length && short[before] === long[before]) before += 1;
  let after = 0;
  while (after < short.length - before && short.at(-1 - after) === long.at(-1 - after)) after += 1;
  return before + after >= long.length / 2 ? NEAR : DIFFERENT;
}

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'word' });

function wordsIn(text: string): readonly { readonly at: number; readonly plain: string }[] {
  return [...SEGMENTER.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ index, segment }) => ({ at: index, plain: segment.normalize('NFKC').toLowerCase() }));
}
