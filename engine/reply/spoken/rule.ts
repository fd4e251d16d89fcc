import type { SpokenLanguage } from './language.ts';

/** One kind of writing that is said otherwise. */
export interface Rule {
  readonly pattern: RegExp;
  /** What is said instead; null where the match is none after all. */
  say(match: Match): string | null;
}

export interface Match {
  readonly text: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
  /** What stands before and after it in the segment. */
  readonly before: string;
  readonly after: string;
}

/** All rules of a language, made when it is first spoken. */
export type RulesOf = (language: SpokenLanguage) => readonly Rule[];

/** A pattern that finds any of the texts, the longest first. */
export function anyOf(texts: Iterable<string>): string {
  return [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('|');
}

/** Not in the middle of a word or a number. */
export const STARTS = '(?<![\\p{L}\\p{M}\\p{N}])';
export const ENDS = '(?![\\p{L}\\p{M}\\p{N}])';

/** The last full stop of a short form ends the sentence too, where nothing follows or a capital does. */
export function closedAs(text: string, said: string, after: string): string {
  return text.endsWith('.') && /^["'”’)]*(?:$|\s["'“(]*\p{Lu})/u.test(after) ? `${said}.` : said;
}
