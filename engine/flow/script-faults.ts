import type { Script, ScriptBranch } from '@parley/contracts/script';
import { wordsOf } from '../turn/draft.ts';
import { PhraseError, parsePhrase } from './phrase.ts';

/** Something in a script that its schema allows and nobody could say. */
export interface ScriptFault {
  /** From the script's root, for example `['steps', 'main', 'branches', 0, 'phrases', 2]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Every phrase that is not in the notation, and every slot value without a word. */
export function faultsOfScript(script: Script): readonly ScriptFault[] {
  const phrases = (texts: readonly string[], path: ScriptFault['path']) =>
    texts.flatMap((text, index) => faultOfPhrase(text, [...path, index]));
  const branches = (list: readonly ScriptBranch[], path: ScriptFault['path']) =>
    list.flatMap((branch, index) => phrases(branch.phrases, [...path, index, 'phrases']));
  return [
    ...Object.entries(script.slots).flatMap(([name, values]) =>
      values.flatMap((value, index) =>
        wordsOf(value).length > 0
          ? []
          : [{ path: ['slots', name, index], message: `"${value}" has no word` }],
      ),
    ),
    ...phrases(script.openers, ['openers']),
    ...phrases(script.closers, ['closers']),
    ...Object.entries(script.steps).flatMap(([name, step]) =>
      branches(step.branches, ['steps', name, 'branches']),
    ),
    ...branches(script.always, ['always']),
  ];
}

function faultOfPhrase(text: string, path: ScriptFault['path']): readonly ScriptFault[] {
  try {
    parsePhrase(text);
    return [];
  } catch (error) {
    if (error instanceof PhraseError) return [{ path, message: error.message }];
    throw error;
  }
}
