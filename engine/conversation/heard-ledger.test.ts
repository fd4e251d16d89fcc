import { segmentIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import {
  addSegment,
  asksQuestion,
  EMPTY_LEDGER,
  heardText,
  hearUpTo,
  hearWholeSegment,
  unheardText,
} from './heard-ledger.ts';

const first = segmentIdSchema.parse('r1.1.1');
const second = segmentIdSchema.parse('r1.1.2');
const ledger = addSegment(addSegment(EMPTY_LEDGER, first, 'We are open.'), second, 'Would Monday suit?');

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

  it('ignores a segment that it does not know', () => {
    expect(heardText(hearUpTo(ledger, segmentIdSchema.parse('r9.9.9'), 5))).toBe('');
  });

  it('knows whether the sentence that sounds is a question', () => {
    expect(asksQuestion(hearUpTo(ledger, first, 3))).toBe(false);
    expect(asksQuestion(hearUpTo(ledger, second, 3))).toBe(true);
    expect(asksQuestion(EMPTY_LEDGER)).toBe(false);
  });
});
