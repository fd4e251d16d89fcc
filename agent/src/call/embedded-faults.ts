import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { Script, ScriptBranch } from '@parley/contracts/script';
import { parsePhrase, wordsInPhrase } from '@parley/engine/flow/phrase';
import { wordsOf } from '@parley/engine/turn/draft';
import type { ValueFault } from '../definitions/definition-fault.ts';
import { EMBEDDED_VOICES } from '../tts/embedded.ts';
import { isSayable, toPlainEnglish } from '../tts/flite/plain-english.ts';

/** Which stages of an agent can be fulfilled by what runs in this process, first or later. */
type EmbeddedStages = Readonly<Record<'stt' | 'llm' | 'tts', boolean>>;

/**
 * What keeps a sound definition from being called where its stages run in this process: who calls it all the same would
 * hear nothing, or never be understood.
 */
export function embeddedFaults(definition: AgentDefinition, embedded: EmbeddedStages): readonly ValueFault[] {
  const { language, voice, turn, script, phrases } = definition;
  const faults: ValueFault[] = [];
  const find = (path: ValueFault['path'], message: string) => faults.push({ path, message, of: 'value' });
  if ((embedded.stt || embedded.tts) && !/^en(-|$)/i.test(language))
    find(['language'], `is "${language}", but the embedded providers understand and speak English only`);
  if (embedded.tts) {
    if (voice !== undefined && definition.tts === undefined && !EMBEDDED_VOICES.includes(voice))
      find(['voice'], `the embedded voice has no "${voice}"; it has: ${EMBEDDED_VOICES.join(', ')}`);
    for (const line of ['greeting', 'resumeLine', 'apology'] as const)
      if (!canBeSaid(definition[line])) find([line], UNSAYABLE);
  }
  if (embedded.stt) {
    if (!turn.vad)
      find(['turn', 'vad'], 'must be true here: the embedded recogniser has no speech events of its own');
    for (const [list, texts] of Object.entries(phrases))
      texts.forEach((text, index) => {
        for (const word of wordsOf(text).filter(isSoundless)) find(['phrases', list, index], soundless(word));
      });
  }
  if (script === undefined) {
    if (embedded.stt || embedded.llm) find(['script'], missingScript(embedded));
  } else if (embedded.stt || embedded.tts) faults.push(...scriptFaults(script));
  return faults;
}

function missingScript({ stt, llm }: EmbeddedStages): string {
  const lacks = [
    ...(llm ? ['there is no language model here to follow the prompt'] : []),
    ...(stt ? ['the embedded recogniser understands the phrases of a script only'] : []),
  ];
  return `is missing, and ${lacks.join(', and ')}; add a script, or set OPENAI_API_KEY`;
}

const UNSAYABLE = 'has nothing in it that the embedded voice can say';

function scriptFaults(script: Script): readonly ValueFault[] {
  const unheard = (words: readonly string[], path: ValueFault['path']): readonly ValueFault[] =>
    words
      .filter(isSoundless)
      .map((word) => ({ path: ['script', ...path], message: soundless(word), of: 'value' }));
  const unsaid = (text: string | undefined, path: ValueFault['path']): readonly ValueFault[] =>
    text === undefined || canBeSaid(text)
      ? []
      : [{ path: ['script', ...path], message: UNSAYABLE, of: 'value' }];
  const phrases = (texts: readonly string[], path: ValueFault['path']) =>
    texts.flatMap((text, index) => unheard(wordsInPhrase(parsePhrase(text)), [...path, index]));
  const branches = (list: readonly ScriptBranch[], path: ValueFault['path']) =>
    list.flatMap((branch, index) => [
      ...phrases(branch.phrases, [...path, index, 'phrases']),
      ...(typeof branch.reply === 'string'
        ? unsaid(branch.reply, [...path, index, 'reply'])
        : branch.reply.flatMap((text, nth) => unsaid(text, [...path, index, 'reply', nth]))),
    ]);
  return [
    ...Object.entries(script.slots).flatMap(([slot, values]) =>
      values.flatMap((value, index) => unheard(wordsOf(value), ['slots', slot, index])),
    ),
    ...phrases(script.openers, ['openers']),
    ...phrases(script.closers, ['closers']),
    ...unsaid(script.noMatch, ['noMatch']),
    ...Object.entries(script.steps).flatMap(([name, step]) => [
      ...branches(step.branches, ['steps', name, 'branches']),
      ...unsaid(step.noMatch, ['steps', name, 'noMatch']),
    ]),
    ...branches(script.always, ['always']),
  ];
}

function canBeSaid(text: string): boolean {
  return isSayable(toPlainEnglish(text));
}

function isSoundless(word: string): boolean {
  return !canBeSaid(word);
}

function soundless(word: string): string {
  return `"${word}" has no sound in English; write it as it is spoken`;
}
