import { wordsOf } from '../turn/draft.ts';
import type { Phrase } from './phrase.ts';

/** Words that people add without meaning; they may stand anywhere and never have to. */
const FILLERS = new Set(
  'ah actually basically er erm hm hmm just mm oh ok okay please so uh uhm um well'.split(' '),
);

/** Short forms and other spellings, each with the words that stand for it. Apostrophes are gone by then. */
const LONG_FORMS: Readonly<Record<string, readonly string[]>> = {
  alright: ['all', 'right'],
  cannot: ['can', 'not'],
  goodbye: ['good', 'bye'],
  hows: ['how', 'is'],
  id: ['i', 'would'],
  im: ['i', 'am'],
  its: ['it', 'is'],
  ive: ['i', 'have'],
  ok: ['okay'],
  thats: ['that', 'is'],
  theres: ['there', 'is'],
  whats: ['what', 'is'],
  whens: ['when', 'is'],
  wheres: ['where', 'is'],
  whos: ['who', 'is'],
  youre: ['you', 'are'],
};

/** Text as it is compared: lower case, no punctuation, no apostrophes, short forms written out. */
export function comparableWords(text: string): readonly string[] {
  return wordsOf(text)
    .flatMap((word) => word.replaceAll("'", '').split('-'))
    .flatMap((word) => (Object.hasOwn(LONG_FORMS, word) ? (LONG_FORMS[word] ?? []) : [word]));
}

/** The values that were said for the slots of a phrase, as the script writes them. */
export type SlotValues = Readonly<Record<string, string>>;

/** What a slot may take, a name. */
export type SlotVocabulary = Readonly<Record<string, readonly string[]>>;

/** A way through the first words of a text. */
interface Way {
  readonly at: number;
  readonly slots: SlotValues;
}

/**
 * Whether `words` (from `comparableWords`) say the phrase from the first to the last, fillers aside. Of a slot said
 * twice the last value stands. Null where they do not.
 */
export function matchPhrase(
  phrase: Phrase,
  words: readonly string[],
  vocabulary: SlotVocabulary,
  around: { readonly openers: readonly Phrase[]; readonly closers: readonly Phrase[] } = {
    openers: [],
    closers: [],
  },
): SlotValues | null {
  const start: Way = { at: 0, slots: {} };
  const opened = repeat([start], (way) =>
    around.openers.flatMap((opener) => walk(opener, way, words, vocabulary)),
  );
  const said = opened.flatMap((way) => walk(phrase, way, words, vocabulary));
  const closed = repeat(said, (way) =>
    around.closers.flatMap((closer) => walk(closer, way, words, vocabulary)),
  );
  return closed.find(({ at }) => afterFillers(words, at).includes(words.length))?.slots ?? null;
}

/** The ways from where they stand, and those after one more step, and another, until no place is new. */
function repeat(ways: readonly Way[], step: (way: Way) => readonly Way[]): readonly Way[] {
  let all = ways;
  for (;;) {
    const more = firstAtEachPlace([...all, ...all.flatMap(step)]);
    if (more.length === all.length) return all;
    all = more;
  }
}

function walk(
  phrase: Phrase,
  start: Way,
  words: readonly string[],
  vocabulary: SlotVocabulary,
): readonly Way[] {
  let ways: readonly Way[] = [start];
  for (const part of phrase) {
    const further = ways.flatMap((way): readonly Way[] => {
      switch (part.kind) {
        case 'word':
          return say(comparableWords(part.text), way, words);
        case 'slot':
          return (vocabulary[part.name] ?? []).flatMap((value) =>
            say(comparableWords(value), way, words).map(({ at }) => ({
              at,
              slots: { ...way.slots, [part.name]: value },
            })),
          );
        case 'optional':
          return [...walk(part.phrase, way, words, vocabulary), way];
        case 'choice':
          return part.phrases.flatMap((option) => walk(option, way, words, vocabulary));
      }
    });
    ways = firstAtEachPlace(further);
  }
  return ways;
}

/** Of the ways to one place the first is enough; without this, optional parts in a row would double them each time. */
function firstAtEachPlace(ways: readonly Way[]): readonly Way[] {
  const places = new Map<number, Way>();
  for (const way of ways) if (!places.has(way.at)) places.set(way.at, way);
  return [...places.values()];
}

/** Takes `wanted` from the words, each after any number of fillers. */
function say(wanted: readonly string[], way: Way, words: readonly string[]): readonly Way[] {
  let places: readonly number[] = [way.at];
  for (const word of wanted) {
    const starts = new Set(places.flatMap((at) => afterFillers(words, at)));
    places = [...starts].filter((at) => words[at] === word).map((at) => at + 1);
  }
  return places.map((at) => ({ at, slots: way.slots }));
}

/** The place itself and each one that only fillers part from it. */
function afterFillers(words: readonly string[], at: number): readonly number[] {
  const places = [at];
  for (let place = at; FILLERS.has(words[place] ?? ''); place++) places.push(place + 1);
  return places;
}
