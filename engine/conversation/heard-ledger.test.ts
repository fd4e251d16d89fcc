import { segmentIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { speechOf } from '../reply/spoken/speech.ts';
import {
  addSegment,
  asksQuestion,
  EMPTY_LEDGER,
  heardSpeech,
  heardText,
  hearUpTo,
  hearWholeSegment,
  unheardText,
} from './heard-ledger.ts';

const first = segmentIdSchema.parse('r1.1.1');
const second = segmentIdSchema.parse('r1.1.2');
const said = (text: string) => speechOf(text, 'en');
const ledger = addSegment(
  addSegment(EMPTY_LEDGER, first, said('We are open.')),
  second,
  said('Would Monday suit?'),
);

describe('the heard ledger', () => {
  it('parts a reply into what was heard and what was not', () => {
    const cut = hearUpTo(ledger, second, 'Would Monday'.length);
    expect(heardText(cut)).toBe('We are open. Would Monday');
    expect(unheardText(cut)).toBe('suit?');
  });

  it('takes back nothing that was heard', () => {
    const heard = hearUpTo(hearWholeSegment(ledger, first), first, 2);
    expect(heardText(heard)).toBe('We are open.');
  });

  it('counts a number as heard once all of it was said, and tells it as it is written', () => {
    const price = addSegment(EMPTY_LEDGER, first, said('It costs $12.50 a day.'));
    const spoken = 'It costs twelve dollars and fifty cents a day.';
    const heard = (text: string) => hearUpTo(price, first, text.length);
    expect(heardText(heard('It costs twelve'))).toBe('It costs');
    expect(unheardText(heard('It costs twelve'))).toBe('$12.50 a day.');
    expect(heardText(heard('It costs twelve dollars and fifty cents a'))).toBe('It costs $12.50 a');
    expect(heardText(heard(spoken))).toBe('It costs $12.50 a day.');
    expect(heardSpeech(heard('It costs twelve'))).toBe('It costs twelve');
  });

  it('puts no space between sentences of scripts that have none', () => {
    const chinese = addSegment(addSegment(EMPTY_LEDGER, first, said('你好。')), second, said('今天好吗？'));
    expect(heardText(hearWholeSegment(chinese, second))).toBe('你好。今天好吗？');
  });

  it('ignores a segment that it does not know', () => {
    expect(heardText(hearUpTo(ledger, segmentIdSchema.parse('r9.9.9'), 5))).toBe('');
  });

  it('knows whether the sentence that sounds is a question', () => {
    expect(asksQuestion(hearUpTo(ledger, first, 3))).toBe(false);
    expect(asksQuestion(hearUpTo(ledger, second, 3))).toBe(true);
    expect(asksQuestion(EMPTY_LEDGER)).toBe(false);
    const clauses = addSegment(
      addSegment(EMPTY_LEDGER, first, said('On Monday,')),
      second,
      said('would that suit?'),
    );
    expect(asksQuestion(hearUpTo(clauses, first, 3))).toBe(true);
  });
});
