import type { Script, ScriptBranch } from '@parley/contracts/script';
import { comparableWords, matchPhrase, type SlotValues } from './match-phrase.ts';
import { parsePhrase } from './phrase.ts';

/** The branch that the caller's words take, and what they say for its slots. */
export interface ScriptMatch {
  readonly branch: ScriptBranch;
  readonly slots: SlotValues;
}

/** Longer texts take no branch, in UTF-16 code units: a phrase has at most 200, with openers and closers around it. */
const LONGEST_TEXT = 2_000;

/**
 * Finds the first branch of the step, then of `always`, one of whose phrases is what `text` says. Case, punctuation,
 * apostrophes, fillers, and the script's openers and closers make no difference. Null where none fits, where `text`
 * is empty or longer than 2,000 characters. Throws PhraseError where a phrase of the script is not in the notation.
 */
export function matchScript(script: Script, step: string, text: string): ScriptMatch | null {
  if (text.length > LONGEST_TEXT) return null;
  const words = comparableWords(text);
  if (words.length === 0) return null;
  const around = { openers: script.openers.map(parsePhrase), closers: script.closers.map(parsePhrase) };
  for (const branch of branchesOf(script, step)) {
    for (const phrase of branch.phrases) {
      const slots = matchPhrase(parsePhrase(phrase), words, script.slots, around);
      if (slots !== null) return { branch, slots };
    }
  }
  return null;
}

/** What may be said in a step, in the order in which it is tried. */
export function branchesOf(script: Script, step: string): readonly ScriptBranch[] {
  const own = Object.hasOwn(script.steps, step) ? (script.steps[step]?.branches ?? []) : [];
  return [...own, ...script.always];
}
