import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addText, EMPTY_SEGMENTER, flushText, openEarly, type Segmenter } from './segmenter.ts';

function segmentsOf(deltas: readonly string[], language = 'en'): string[] {
  let segmenter: Segmenter = EMPTY_SEGMENTER;
  const all: string[] = [];
  for (const delta of deltas) {
    const next = addText(segmenter, delta, language);
    segmenter = next.segmenter;
    all.push(...next.segments);
  }
  return [...all, ...flushText(segmenter)];
}
const cut = (text: string, language?: string) => segmentsOf([text], language);

/** A text of markup, numbers and words as models write them. */
const written = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '**bold. text**',
        '[a link. here](https://x.com/a?b=1)',
        '```\n',
        '```js\n',
        '| a | b |\n',
        '- item\n',
      ),
      fc.constantFrom(
        'Dr. Smith',
        '$12.50',
        '3. Mai',
        '9 a.m.',
        'a@b.com',
        'https://example.com.',
        '1,000',
        'e.g.',
      ),
      fc.constantFrom(
        'word',
        'Yes,',
        'We',
        'end.',
        'really?',
        '你好。',
        '，',
        '\n',
        '# Title\n',
        '😀',
        '*',
        '_x_',
        '—',
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(' '));
const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 30 });

function deltasOf(text: string, sizes: readonly number[]): string[] {
  const deltas: string[] = [];
  let at = 0;
  for (let index = 0; at < text.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    deltas.push(text.slice(at, at + size));
    at += size;
  }
  return deltas;
}

describe('the segmenter', () => {
  it('gives a sentence on as soon as the next begins', () => {
    const { segments, segmenter } = addText(EMPTY_SEGMENTER, 'We are open. Any', 'en');
    expect(segments).toEqual(['We are open.']);
    expect(segmenter.pending.trim()).toBe('Any');
  });

  it('gives the same segments however the text is cut into deltas', () => {
    fc.assert(
      fc.property(written, lengths, fc.constantFrom('en', 'de', 'zh', 'xx'), (text, sizes, language) => {
        expect(segmentsOf(deltasOf(text, sizes), language)).toEqual(cut(text, language));
      }),
    );
  });

  it('loses no word', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    const sentence = fc.tuple(
      fc.array(word, { minLength: 1, maxLength: 60 }),
      fc.constantFrom('. ', '? ', ', ', '\n', ' '),
    );
    fc.assert(
      fc.property(fc.array(sentence), lengths, (sentences, sizes) => {
        const text = sentences.map(([words, end]) => words.join(' ') + end).join('');
        const wordsOf = (given: string) => given.match(/[a-z]+/g) ?? [];
        expect(wordsOf(segmentsOf(deltasOf(text, sizes)).join(' '))).toEqual(wordsOf(text));
      }),
    );
  });

  it('does not end a sentence at an abbreviation, an initial or a number', () => {
    expect(cut('Mr. J. Smith pays 3.50 a day. Fine.')).toEqual(['Mr. J. Smith pays 3.50 a day.', 'Fine.']);
    expect(cut('Das ist am 3. Mai, z. B. um 9 Uhr. Gut.', 'de')).toEqual([
      'Das ist am 3. Mai,',
      'z. B. um 9 Uhr.',
      'Gut.',
    ]);
    expect(cut('We close at 5 p.m. Please call then.')).toEqual(['We close at 5 p.m.', 'Please call then.']);
    expect(cut('It costs 5. Then go.')).toEqual(['It costs 5.', 'Then go.']);
  });

  it('knows sentence ends that no space follows', () => {
    expect(cut('你好。今天好吗？', 'zh')).toEqual(['你好。', '今天好吗？']);
    expect(cut('「行きますか？」はい。', 'ja')).toEqual(['「行きますか？」', 'はい。']);
  });

  it('cuts a sentence that runs on, and loses no word', () => {
    const long = `${'and so on, '.repeat(60)}end`;
    const segments = cut(long);
    expect(Math.max(...segments.map((segment) => segment.length))).toBeLessThanOrEqual(240);
    expect(segments.join(' ')).toBe(long);
  });

  it('gives nothing for white space', () => {
    expect(segmentsOf([' \n ', '\n'])).toEqual([]);
  });

  it('leaves code in a language out, and speaks other text between fences', () => {
    expect(cut('Do this:\n```python\nprint(1)\n```\nThen:\n```\nHello\n```')).toEqual([
      'Do this:',
      'Then:',
      'Hello',
    ]);
  });

  it('speaks each line of a list by itself', () => {
    expect(cut('We have:\n- tea\n- *coffee*, 3 kinds\n1. One.\n2) Two\n')).toEqual([
      'We have:',
      'tea.',
      'coffee, 3 kinds.',
      '1. One.',
      '2. Two.',
    ]);
  });
});

describe('the first clause', () => {
  const first = (text: string, language?: string) => cut(text, language)[0];

  it('ends at a comma or the end of a clause', () => {
    expect(first('On Monday, we open at nine. Fine.')).toBe('On Monday,');
    expect(cut('Of course: I can, or not.')).toEqual(['Of course:', 'I can, or not.']);
    expect(first('星期一我们开门，星期二不开门。', 'zh')).toBe('星期一我们开门，');
  });

  it('is never one word, unless that is a whole sentence', () => {
    expect(first('Yes, we are open. Fine.')).toBe('Yes, we are open.');
    expect(first('Yes. We are open.')).toBe('Yes.');
  });

  it.each([
    ['It is 1,000 or so.', 'It is 1,000 or so.'],
    ['We met on May 3rd, 2026 at home.', 'We met on May 3rd, 2026 at home.'],
    ['Mail me (at work, please) or call.', 'Mail me (at work, please) or call.'],
  ])('does not end inside %j', (text, expected) => {
    expect(first(text)).toBe(expected);
  });

  it('ends after eight to ten words, before a word that joins', () => {
    expect(first('we are open from nine in the morning until five in the afternoon every day')).toBe(
      'we are open from nine in the morning',
    );
    const unjoined = first('one two three four five six seven eight nine ten eleven twelve thirteen');
    expect(unjoined?.split(' ')).toHaveLength(10);
  });

  it('is given early, once three words are whole', () => {
    const early = (text: string) => openEarly(addText(EMPTY_SEGMENTER, text, 'en').segmenter, 'en');
    expect(early('We can certainly ta').segments).toEqual(['We can certainly']);
    expect(early('It costs about $12.').segments).toEqual(['It costs about']);
    const waiting = early('We can');
    expect(waiting.segments).toEqual([]);
    expect(addText(waiting.segmenter, ' offer tables', 'en').segments).toEqual(['We can offer']);
  });

  it('is not given early inside a number, an abbreviation or a short word', () => {
    const early = (text: string) => openEarly(addText(EMPTY_SEGMENTER, text, 'en').segmenter, 'en').segments;
    expect(early('He pays exactly 20 percent')).toEqual(['He pays exactly']);
    expect(early('You will see Dr. Smith')).toEqual(['You will see']);
    expect(early('Please look at the big')).toEqual([]);
  });
});
