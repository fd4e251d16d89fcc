import type { TurnPhrases } from '@parley/contracts/agent-definition';
import type { Script } from '@parley/contracts/script';
import { type Phrase, parsePhrase, toJsgf, wordsInPhrase } from '@parley/engine/flow/phrase';
import { wordsOf } from '@parley/engine/turn/draft';
import { phraseListsFor } from '@parley/engine/turn/phrases/phrase-lists';

/** What can be understood: a finite-state grammar in JSGF, and every word in it. */
export interface Grammar {
  readonly jsgf: string;
  readonly words: readonly string[];
}

/**
 * How likely each of two openings before a phrase (`hello there, could you tell me ...`) and a closing after it are.
 * Lower than people use them: a breath or a knock is else heard as a short one.
 */
const OPENER_LIKELIHOOD = 0.02;
const CLOSER_LIKELIHOOD = 0.05;

const NO_PHRASES: TurnPhrases = { yield: [], acknowledgements: [], assents: [] };

/**
 * The grammar of what may be said in the steps of a script, and of the words by which a listener takes the floor or
 * agrees. Throws PhraseError for a phrase that is not in the notation.
 */
export function grammarOf(
  script: Script,
  options: { readonly steps?: readonly string[]; readonly phrases?: TurnPhrases } = {},
): Grammar {
  const steps = (options.steps ?? Object.keys(script.steps)).flatMap((name) => script.steps[name] ?? []);
  const branches = [...steps.flatMap((step) => step.branches), ...script.always];
  const phrases = branches.flatMap((branch) => branch.phrases).map(parsePhrase);
  const openers = script.openers.map(parsePhrase);
  const closers = script.closers.map(parsePhrase);
  const slots = Object.entries(script.slots).map(([name, values]) => ({ name, values: values.map(wordsOf) }));
  const own = options.phrases ?? NO_PHRASES;
  const lists = phraseListsFor('en', own);
  const asides = [...lists.yields, ...lists.assents, ...own.acknowledgements].map(wordsOf);

  const rules = [
    'public <heard> = <before> <before> <phrase> <after> | <aside>',
    `<before> = ${perhaps(OPENER_LIKELIHOOD, openers.map(jsgfOf))}`,
    `<phrase> = ${alternatives(phrases.map(jsgfOf))}`,
    `<after> = ${perhaps(CLOSER_LIKELIHOOD, closers.map(jsgfOf))}`,
    `<aside> = ${alternatives(asides.map((words) => words.join(' ')))}`,
    ...slots.map(
      ({ name, values }) => `<${slotRule(name)}> = ${alternatives(values.map((words) => words.join(' ')))}`,
    ),
  ];
  const words = [
    ...[...phrases, ...openers, ...closers].flatMap(wordsInPhrase),
    ...slots.flatMap(({ values }) => values.flat()),
    ...asides.flat(),
  ];
  return {
    jsgf: ['#JSGF V1.0', 'grammar script', ...rules].map((line) => `${line};\n`).join(''),
    words: [...new Set(words)].sort(),
  };
}

function jsgfOf(phrase: Phrase): string {
  return toJsgf(phrase, slotRule);
}

/** A rule of a slot cannot be taken for one of ours. */
function slotRule(slot: string): string {
  return `slot_${slot}`;
}

/** One of the texts; what holds no word cannot be said. */
function alternatives(texts: readonly string[]): string {
  const sayable = [...new Set(texts)].filter((text) => text !== '');
  return sayable.length > 0 ? sayable.join(' | ') : '<VOID>';
}

function perhaps(likelihood: number, texts: readonly string[]): string {
  if (texts.length === 0) return '<NULL>';
  return `/${1 - likelihood}/ <NULL> | /${likelihood}/ ( ${alternatives(texts)} )`;
}
