import { turnPhrasesSchema } from '@parley/contracts/agent-definition';
import { turnIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { addFinal, openDraft, wordsOf } from '../draft.ts';
import { judgeOverlap } from '../interruption.ts';
import { PHRASE_LANGUAGES, phraseListsFor } from './phrase-lists.ts';

const NONE = turnPhrasesSchema.parse({});
const SAID = {
  en: { stop: 'stop please', acknowledge: 'uh-huh', agree: 'okay, right' },
  es: { stop: 'no, espere', acknowledge: 'ajá', agree: 'sí, claro' },
  de: { stop: 'Moment, nein', acknowledge: 'mhm', agree: 'ja, genau' },
  fr: { stop: 'attendez un peu', acknowledge: 'euh', agree: "oui, d'accord" },
  hi: { stop: 'नहीं रुकिए', acknowledge: 'हम्म', agree: 'जी हाँ, ठीक है' },
};

describe.each(Object.entries(SAID))('in %s', (language, said) => {
  const lists = phraseListsFor(`${language}-XX`, NONE);
  const judge = (text: string) => {
    const draft = addFinal(openDraft(turnIdSchema.parse('t1.1'), 0), {
      text,
      outcome: 'words',
      wordCount: 1,
    });
    const voice = { phase: 'audible', asksQuestion: false } as const;
    return judgeOverlap(draft, voice, true, { minWords: 10, mode: 'standard' }, lists);
  };

  it('one word stops the agent, and signs of listening do not', () => {
    expect(judge(said.stop)).toBe('commit');
    expect(judge(said.acknowledge)).toBe('resume');
    expect(judge(said.agree)).toBe('resume');
  });

  it('no phrase means two things, and every phrase has words', () => {
    const all = [...lists.yields, ...lists.backchannels, ...lists.assents].map((phrase) =>
      wordsOf(phrase).join(' '),
    );
    expect(all.filter((phrase) => phrase === '')).toEqual([]);
    expect(all.filter((phrase, index) => all.indexOf(phrase) !== index)).toEqual([]);
  });
});

it('every language with lists is tried here', () => {
  expect(PHRASE_LANGUAGES.sort()).toEqual(Object.keys(SAID).sort());
});
