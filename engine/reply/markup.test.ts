import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, withoutMarkup } from './markup.ts';

describe('text without markup', () => {
  it.each([
    ['**Bold**, *italic*, __strong__, _soft_ and ~~gone~~.', 'Bold, italic, strong, soft and gone.'],
    ['***Both*** and `code`.', 'Both and code.'],
    ['See [our site](https://x.com/a_b "Title") and ![a map](m.png).', 'See our site and a map.'],
    ['<b>Open</b> &amp; ready<br/>now', 'Open & ready now'],
    ['Mail <mailto:a@b.com> or <https://x.com/a>.', 'Mail a@b.com or https://x.com/a.'],
    ['## Title', 'Title.'],
    ['- [x] Tea', 'Tea.'],
    ['* **Price:** five', 'Price: five.'],
    ['> Quoted', 'Quoted'],
    ['2) Two', '2. Two.'],
    ['| Mon | 9 to 5 |', 'Mon, 9 to 5.'],
    ['| Mon. | at nine |', 'Mon. at nine.'],
    ['|---|:-:|', ''],
    ['---', ''],
    ['As told[1], and here【4†source】.', 'As told, and here.'],
    ['Fine 😀, and ok 👍. Vraiment ?', 'Fine, and ok. Vraiment ?'],
    ['At 9 a.m., please', 'At 9 a.m., please'],
    ['Great! 👍🏽 👩‍🚀 🇩🇪', 'Great!'],
    ['Two*three is 2*3', 'Twothree is 2 × 3'],
    ['snake_case stays, a - b too', 'snake_case stays, a - b too'],
    ['**https://x.com/_a_b**', 'https://x.com/_a_b'],
    ['\\*not bold\\*', 'not bold'],
    ['क्‍ष stays', 'क्‍ष stays'],
  ])('%j is %j', (text, expected) => {
    expect(withoutMarkup({ text, startsLine: true, endsLine: true })).toBe(expected);
  });

  it('knows half of a mark', () => {
    const half = (text: string) => withoutMarkup({ text, startsLine: false, endsLine: false });
    expect(half('and **bold.')).toBe('and bold.');
    expect(half('Still bold** and [a link')).toBe('Still bold and a link');
    expect(half('that goes on](https://x.com/a) here')).toBe('that goes on here');
  });

  it('puts many lines in one', () => {
    expect(plainText('# Hours\n\n- nine\n- ten\n\nBye')).toBe('Hours. nine. ten. Bye');
  });

  it('leaves plain text as it is, and changes nothing the second time', () => {
    const plain = fc.array(fc.stringMatching(/^[A-Za-zäöüß0-9]{1,8}[,.?!]{0,2}$/), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(plain, (words) => {
        const text = words.join(' ');
        fc.pre(!/^\d+\.(\s|$)/.test(text));
        expect(plainText(text)).toBe(text);
      }),
    );
    const marked = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '**',
            '*',
            '_',
            '`',
            '[',
            '](x)',
            '|',
            '#',
            '-',
            '> ',
            ' ',
            '1.',
            '<b>',
            '&lt;',
            '😀',
            ',',
            '.',
          ),
          fc.string({ maxLength: 4 }),
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(marked, fc.boolean(), fc.boolean(), (text, startsLine, endsLine) => {
        const once = withoutMarkup({ text, startsLine, endsLine });
        expect(withoutMarkup({ text: once, startsLine, endsLine })).toBe(once);
      }),
      { numRuns: 500 },
    );
  });
});
