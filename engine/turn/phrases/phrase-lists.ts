import type { TurnPhrases } from '@parley/contracts/agent-definition';
import { wordsOf } from '../draft.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { hi } from './hi.ts';

/** Words by which a listener tells the speaker something about the turn, a language. */
export interface PhraseLists {
  /** Take the floor at once, however few the words. */
  readonly yields: readonly string[];
  /** Sounds of listening; never an answer and never a turn over the agent's speech. */
  readonly backchannels: readonly string[];
  /** Agree while listening; an answer where a question was asked. */
  readonly assents: readonly string[];
}

const EMPTY: PhraseLists = { yields: [], backchannels: [], assents: [] };
const BY_LANGUAGE: Readonly<Record<string, PhraseLists>> = { en, es, de, fr, hi };

/** Languages that have lists, by their first subtag. */
export const PHRASE_LANGUAGES = Object.keys(BY_LANGUAGE);

/** The lists of a language by its first subtag, empty where there are none, and the agent's own phrases beside them. */
export function phraseListsFor(language: string, own: TurnPhrases): PhraseLists {
  const lists = BY_LANGUAGE[language.split('-')[0]?.toLowerCase() ?? ''] ?? EMPTY;
  return {
    yields: [...lists.yields, ...own.yield],
    backchannels: [...lists.backchannels, ...own.acknowledgements],
    assents: [...lists.assents, ...own.assents],
  };
}

/** Whether any of the phrases occurs in the words, whole word by whole word. */
export function containsPhrase(words: readonly string[], phrases: readonly string[]): boolean {
  return phrases.some((phrase) => {
    const parts = wordsOf(phrase);
    return words.some((_, start) => parts.every((part, offset) => words[start + offset] === part));
  });
}

/** Whether the words are nothing but these phrases, one after the other. */
export function consistsOf(words: readonly string[], phrases: readonly string[]): boolean {
  if (words.length === 0) return false;
  const parts = phrases.map(wordsOf);
  let at = 0;
  while (at < words.length) {
    const matched = parts
      .filter((part) => part.every((word, offset) => words[at + offset] === word))
      .reduce((longest, part) => Math.max(longest, part.length), 0);
    if (matched === 0) return false;
    at += matched;
  }
  return true;
}
