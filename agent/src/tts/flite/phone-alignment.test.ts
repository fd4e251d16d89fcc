import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignPhones } from './phone-alignment.ts';
import { parsePhoneGroups, parseTimedPhones, toCmuPhone } from './phones.ts';

/** Phones of 100 ms each; `pau` is a pause. */
function spoken(phones: string) {
  return parseTimedPhones(
    phones
      .split(' ')
      .map((phone, index) => `${phone}:${(index + 1) / 10}`)
      .join(' '),
  );
}

function word(text: string, phones: string | null) {
  return { text, phones: phones === null ? null : phones.split(' ') };
}

describe('printed phones', () => {
  it('are read with their times, and pauses between them are told', () => {
    expect(parseTimedPhones('pau:0.164 hh:0.233 ax:0.282 pau:0.400 l:0.526 pau:0.7 \n')).toEqual([
      { phone: 'hh', startMs: 164, endMs: 233, isAfterPause: true },
      { phone: 'ax', startMs: 233, endMs: 282, isAfterPause: false },
      { phone: 'l', startMs: 400, endMs: 526, isAfterPause: true },
    ]);
  });

  it('are grouped by pauses', () => {
    expect(parsePhoneGroups('pau ey pau dh ax pau \n')).toEqual([['ey'], ['dh', 'ax']]);
    expect(parsePhoneGroups('pau \n')).toEqual([]);
  });

  it('become those of the CMU dictionary', () => {
    expect(['hh', 'ax', 'l', 'ow'].map(toCmuPhone)).toEqual(['HH', 'AH', 'L', 'OW']);
  });
});

describe('phone alignment', () => {
  it('finds where each word sounds', () => {
    const words = [word('hello', 'hh ax l ow'), word('there', 'dh eh r')];
    expect(alignPhones(words, spoken('pau hh ax l ow dh eh r pau'))).toEqual([
      { text: 'hello', startMs: 100, endMs: 500, isEstimated: false },
      { text: 'there', startMs: 500, endMs: 800, isEstimated: false },
    ]);
  });

  it('knows a word that is said differently in the sentence', () => {
    const words = [word('a', 'ey'), word("it's", 'ih t eh s'), word('the', 'dh iy'), word('end', 'eh n d')];
    const found = alignPhones(words, spoken('ax ih t s dh ax eh n d'));
    expect(found.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 100],
      [100, 400],
      [400, 600],
      [600, 900],
    ]);
  });

  it('lets no word reach over a pause where another way is as good', () => {
    const words = [word('no', 'n ow'), word('oh', 'ow')];
    const found = alignPhones(words, spoken('n ow pau ow'));
    expect(found.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 200],
      [300, 400],
    ]);
  });

  it('gives a word of unknown sound what the others leave, and says that it guesses', () => {
    const words = [word('say', 's ey'), word('xyz', null), word('now', 'n aw')];
    const found = alignPhones(words, spoken('s ey k t iy n aw'));
    expect(found[1]).toEqual({ text: 'xyz', startMs: 200, endMs: 500, isEstimated: true });
  });

  it('gives a word that was not said no time', () => {
    const found = alignPhones(
      [word('one', 'w aa n'), word('quux', 'k w aa k s'), word('two', 't uw')],
      spoken('w aa n t uw'),
    );
    expect(found[1]?.isEstimated).toBe(true);
    expect(found[2]).toMatchObject({ startMs: 300, endMs: 500 });
  });

  it('keeps words in order for any phones', () => {
    const phone = fc.constantFrom('aa', 'iy', 't', 's', 'n', 'k');
    const words = fc.array(fc.option(fc.array(phone, { minLength: 1, maxLength: 5 })), { maxLength: 12 });
    fc.assert(
      fc.property(
        words,
        fc.array(fc.oneof(phone, fc.constant('pau')), { minLength: 1, maxLength: 50 }),
        (list, said) => {
          const found = alignPhones(
            list.map((phones, index) => ({ text: `w${index}`, phones })),
            spoken(said.join(' ')),
          );
          expect(found).toHaveLength(list.length);
          let endMs = 0;
          for (const found_ of found) {
            expect(found_.startMs).toBeGreaterThanOrEqual(endMs);
            expect(found_.endMs).toBeGreaterThanOrEqual(found_.startMs);
            endMs = found_.endMs;
          }
        },
      ),
    );
  });
});
