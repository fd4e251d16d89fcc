import type { SttEvent } from './contract.ts';
import { matchRepeat, plainWords } from './switched-repeats.ts';

/** What an ear has given out since its last answered final, so that nobody gives it out again. */
export interface SpokenWords {
  /** The event without what was given out before; null where nothing of it is new. */
  pass(event: SttEvent): SttEvent | null;
  /**
   * Another recogniser hears everything since the last answered final again. `isCut`: but for its beginning.
   */
  repeat(options: { readonly isCut: boolean }): void;
}

/** Words that are remembered: what is said in the 10 s of sound that are heard again, at six words a second. */
const MOST_WORDS = 60;

type Final = Extract<SttEvent, { type: 'final' }>;

export function createSpokenWords(): SpokenWords {
  /** Given out by finals that answered nothing, since the last that did. */
  let given: readonly string[] = [];
  /** Of these, what the recogniser in use will say again. */
  let repeated: readonly string[] = [];
  let isCut = false;
  let isSpeaking = false;

  const fresh = (event: Final): Final => {
    if (event.outcome !== 'words' || repeated.length === 0) return event;
    const { saidWords, rest, restWords, words } = matchRepeat(repeated, event.text, { isCut });
    repeated = restWords > 0 ? [] : repeated.slice(saidWords);
    if (restWords === words) return event;
    if (restWords === 0) return { ...event, outcome: 'silence', text: '', words: [], wordCount: 0 };
    const kept = event.words.length === words ? event.words.slice(-restWords) : [];
    return { ...event, text: rest, words: kept, wordCount: restWords };
  };
  const passFinal = (event: Final): SttEvent | null => {
    const final = fresh(event);
    if (event.answersFinalize) {
      given = [];
      repeated = [];
      return final;
    }
    if (final.outcome === 'silence') return event.outcome === 'silence' ? event : null;
    given = [...given, ...plainWords(final.text)].slice(-MOST_WORDS);
    return final;
  };

  return {
    pass(event) {
      switch (event.type) {
        case 'speechStarted':
          if (isSpeaking) return null;
          isSpeaking = true;
          return event;
        case 'speechEnded':
          if (!isSpeaking) return null;
          isSpeaking = false;
          return event;
        case 'interim': {
          if (repeated.length === 0) return event;
          const { rest } = matchRepeat(repeated, event.text, { isCut });
          return rest === '' ? null : { type: 'interim', text: rest };
        }
        case 'final':
          return passFinal(event);
      }
    },
    repeat(options) {
      repeated = given;
      isCut = options.isCut || given.length === MOST_WORDS;
    },
  };
}
