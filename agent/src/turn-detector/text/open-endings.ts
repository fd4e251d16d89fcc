/** Words of one language after which a speaker goes on. All in lower case, without punctuation. */
export interface OpenEndings {
  /** What joins a clause or a noun that is still to come: conjunctions, articles, possessives, subjects. */
  readonly joining: ReadonlySet<string>;
  /** They want a verb, except in a short answer: "yes, I can". */
  readonly auxiliaries: ReadonlySet<string>;
  readonly answers: ReadonlySet<string>;
  /** They want a noun, except at the end of a question: "what is it for". */
  readonly prepositions: ReadonlySet<string>;
  readonly questionWords: ReadonlySet<string>;
  /** Sounds of thinking. */
  readonly fillers: ReadonlySet<string>;
  /** Digits in words, as telephone numbers are read out. */
  readonly digits: ReadonlySet<string>;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** English. Words that as often end a sentence ("then", "so", "over", "that") are left out. */
export const en: OpenEndings = {
  joining: words(
    'and or but because if when while although unless until since whereas whether than a an the my your his its ' +
      "our their every i we they he she whose to very i'm you're we're they're he's she's it's that's i'd i'll " +
      "i've we'd we'll we've let's wanna gonna between plus point",
  ),
  auxiliaries: words(
    'am is are was were be been has had have having can could will would shall should may might must do does did',
  ),
  answers: words('yes yeah yep no nope sure certainly indeed'),
  prepositions: words(
    'of for with from at in on by about into onto during against among toward towards upon without per via',
  ),
  questionWords: words('what who whom which where'),
  fillers: words('um umm uh uhm er erm ehm hmm hm mm'),
  digits: words('zero oh nought one two three four five six seven eight nine double triple'),
};
