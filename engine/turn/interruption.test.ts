import { turnIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { addFinal, openDraft } from './draft.ts';
import { type AgentVoice, judgeOverlap } from './interruption.ts';
import { en } from './phrases/en.ts';

const draft = openDraft(turnIdSchema.parse('t1.1'), 0);
const saying = (text: string) => ({ ...draft, interim: text });
const rejected = (wordCount: number) => addFinal(draft, { outcome: 'rejected', text: '', wordCount });
const audible: AgentVoice = { phase: 'audible', asksQuestion: false };
const asking: AgentVoice = { phase: 'audible', asksQuestion: true };
const preparing: AgentVoice = { phase: 'preparing' };
const judge = (what: ReturnType<typeof saying>, voice: AgentVoice, isFinal: boolean) =>
  judgeOverlap(what, voice, isFinal, { minWords: 3, mode: 'standard' }, en);

describe('words over the agent', () => {
  it.each([
    ['Stop', audible, false, 'commit'],
    ['oh, wait', audible, false, 'commit'],
    ['Goodbye then', audible, false, 'commit'],
    ['hold on please', audible, false, 'commit'],
    ['what are your', audible, false, 'commit'],
    ['what are', audible, false, 'undecided'],
    ['what are', audible, true, 'resume'],
    ['Mm-hmm.', audible, false, 'undecided'],
    ['Mm-hmm.', asking, true, 'resume'],
    ['okay right got it', audible, false, 'undecided'],
    ['okay right got it', audible, true, 'resume'],
    ['yes', asking, true, 'commit'],
    ['on tuesday', asking, true, 'commit'],
    ['no', audible, false, 'commit'],
    ['knowing', audible, true, 'resume'],
    ['', audible, true, 'resume'],
    ['', audible, false, 'undecided'],
  ] as const)('"%s"', (text, voice, isFinal, verdict) => {
    expect(judge(saying(text), voice, isFinal)).toBe(verdict);
  });

  it('that nobody understood count as words', () => {
    expect(judge(rejected(5), audible, true)).toBe('commit');
    expect(judge(rejected(1), audible, true)).toBe('resume');
  });

  it('replace an answer that nobody has heard, but an "mm" does not', () => {
    expect(judge(saying('and'), preparing, false)).toBe('commit');
    expect(judge(saying('mm'), preparing, true)).toBe('resume');
  });
});
