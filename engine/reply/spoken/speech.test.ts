import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speechOf, writtenLength } from './speech.ts';

const said = (language: string, text: string) => speechOf(text, language).spoken;

describe('what is said', () => {
  it.each([
    ['en', 'It is 1,234.5 or -5.', 'It is one thousand two hundred thirty-four point five or minus five.'],
    ['en', '101 in 1999 and 2026', 'one hundred one in nineteen ninety-nine and twenty twenty-six'],
    ['en-GB', '101', 'one hundred and one'],
    [
      'en',
      'Order 0042, account 1234567',
      'Order zero zero four two, account one two three four five six seven',
    ],
    ['en', 'The 1st and the 22nd', 'The first and the twenty-second'],
    ['en', '½ a cup, 2½ cups, 3/4 of it', 'a half a cup, two and a half cups, three quarters of it'],
    ['en', '3-5 days, 9–5', 'three to five days, nine to five'],
    ['en', '2 × 3 = 6 & 5 < 6', 'two times three equals six and five is less than six'],
    ['en', 'v2.0.1, GPT-4, 5G, mp3', 'v two dot zero dot one, GPT-four, five G, mp three'],
    ['en', 'the 1990s, the 90s, 30s', 'the nineteen nineties, the nineties, thirty seconds'],
    ['en', 'extension 4242, room 204', 'extension four two four two, room two hundred four'],
    ['en', '978-3-16-148410-0', 'nine seven eight, three, one six, one four eight four one zero, zero'],
    ['en', '#5 of ~20', 'number five of about twenty'],
    ['de', '1.234,5 und 21', 'eintausendzweihundertvierunddreißig Komma fünf und einundzwanzig'],
    ['de', 'am 3. Tag, der 3. Tag', 'am dritten Tag, der dritte Tag'],
    ['de', '1 Tisch, 1 oder 2', 'ein Tisch, eins oder zwei'],
    ['es', '21 mesas, 1.000 y 3,5', 'veintiún mesas, mil y tres coma cinco'],
    ['es-MX', '1,000 y 3.5', 'mil y tres punto cinco'],
    ['es', 'el 1er piso, la 2ª', 'el primer piso, la segunda'],
    ['fr', '1 234,5 et le 2e', 'mille deux cent trente-quatre virgule cinq et le deuxième'],
    ['it', '1.234 e il 3° piano', 'milleduecentotrentaquattro e il terzo piano'],
    ['pt', '16 e a 2ª', 'dezesseis e a segunda'],
    ['pt-PT', '16', 'dezasseis'],
    ['nl', '1.234,5 en de 2e', 'twaalfhonderd vierendertig komma vijf en de tweede'],
    ['hi', '1,23,456 और 2.5', 'एक लाख तेईस हज़ार चार सौ छप्पन और दो दशमलव पाँच'],
  ])('of numbers: %s %j is %j', (language, text, expected) => {
    expect(said(language, text)).toBe(expected);
  });

  it.each([
    ['en', '$12.50, $1, $0.99', 'twelve dollars and fifty cents, one dollar, ninety-nine cents'],
    ['en', '$5k or $1.5 million', 'five thousand dollars or one point five million dollars'],
    ['en', 'EUR 20, 3 €, 1 pound', 'twenty euros, three euros, one pound'],
    ['en', '$20/month, 7 days/week', 'twenty dollars per month, seven days per week'],
    ['en-GB', '£1.01', 'one pound and one penny'],
    ['de', '12,50 € oder 1 Euro', 'zwölf Euro und fünfzig Cent oder ein Euro'],
    ['es', '21 €, $5 millones', 'veintiún euros, cinco millones de dólares'],
    ['fr', '12,50 €, 5 millions €', "douze euros et cinquante centimes, cinq millions d'euros"],
    ['it', '€ 1,50', 'un euro e cinquanta centesimi'],
    ['pt', 'R$ 12,50', 'doze reais e cinquenta centavos'],
    ['nl', '€ 12,50', 'twaalf euro en vijftig cent'],
    ['hi', '₹100.50', 'एक सौ रुपये पचास पैसे'],
  ])('of money: %s %j is %j', (language, text, expected) => {
    expect(said(language, text)).toBe(expected);
  });

  it.each([
    ['en', 'May 3rd, 2026', 'May third, twenty twenty-six'],
    ['en', '5/12/2026', 'May twelfth, twenty twenty-six'],
    ['en-GB', '5/12/2026', 'the fifth of December twenty twenty-six'],
    ['en', '2026-05-12', 'May twelfth, twenty twenty-six'],
    ['en', 'on 3 May', 'on the third of May'],
    [
      'de',
      'am 3. Mai 2026, am 3.5., am 24.12.',
      'am dritten Mai zweitausendsechsundzwanzig, am dritten Mai, am vierundzwanzigsten Dezember.',
    ],
    ['es', 'el 1 de mayo de 2026', 'el primero de mayo de dos mil veintiséis'],
    ['fr', 'le 1er mai, le 3 mai', 'le premier mai, le trois mai'],
    ['it', 'il 1 maggio', 'il primo maggio'],
    ['pt', '3 de maio', 'três de maio'],
    ['nl', '3 mei 1999', 'drie mei negentienhonderd negenennegentig'],
    ['hi', '3 मई', 'तीन मई'],
  ])('of dates: %s %j is %j', (language, text, expected) => {
    expect(said(language, text)).toBe(expected);
  });

  it.each([
    ['en', 'at 3:30 pm', 'at three thirty P M'],
    ['en', 'at 9 a.m. or 9:05', 'at nine A M or nine oh five'],
    ['en', '10am-2pm', 'ten A M to two P M'],
    ['en', 'at 5 p.m. See you at 10:00.', "at five P M. See you at ten o'clock."],
    ['de', 'um 14:30 Uhr, um 1 Uhr', 'um vierzehn Uhr dreißig, um ein Uhr'],
    ['es', 'a las 14:30', 'a las catorce y treinta'],
    ['fr', 'à 14h30, à 21 h', 'à quatorze heures trente, à vingt et une heures'],
    ['it', 'alle 14:30', 'alle quattordici e trenta'],
    ['pt', 'às 14h30', 'às catorze horas e trinta'],
    ['nl', 'om 14:30 uur', 'om veertien uur dertig'],
    ['hi', '2:30 बजे', 'दो बजकर तीस मिनट'],
  ])('of times: %s %j is %j', (language, text, expected) => {
    expect(said(language, text)).toBe(expected);
  });

  it.each([
    ['en', '+1 (555) 123-4567', 'plus one, five five five, one two three, four five six seven'],
    ['de', '+49(0)30 123456', 'plus vier neun, null, drei null, eins zwei drei vier fünf sechs'],
    ['en', '1-800-FLOWERS', 'one, eight zero zero, FLOWERS'],
    ['en', 'call 555-1234.', 'call five five five, one two three four.'],
    ['de', '030 1234567', 'null drei null, eins zwei drei vier fünf sechs sieben'],
    ['en', 'jane.doe+news@example.co.uk', 'jane dot doe plus news at example dot co dot U K'],
    ['en', 'See https://www.example.com/price-list?x=1.', 'See example dot com slash price dash list.'],
    ['en', 'foo.io and notes.txt', 'foo dot I O and notes dot txt'],
    ['de', 'info@beispiel.de', 'info ät beispiel Punkt D E'],
    ['fr', 'exemple.fr', 'exemple point F R'],
  ])('of phones and addresses: %s %j is %j', (language, text, expected) => {
    expect(said(language, text)).toBe(expected);
  });

  it.each([
    [
      'en',
      '42%, 72°F, 5 km/h, 1 kg',
      'forty-two percent, seventy-two degrees Fahrenheit, five kilometers an hour, one kilogram',
    ],
    ['en-GB', '5 km', 'five kilometres'],
    [
      'de',
      '50 %, 5°C, 1 h, 1 km, 21 km',
      'fünfzig Prozent, fünf Grad Celsius, eine Stunde, ein Kilometer, einundzwanzig Kilometer',
    ],
    ['es', '50%, 21 km', 'cincuenta por ciento, veintiún kilómetros'],
    ['fr', '80 %, 1 kg', 'quatre-vingts pour cent, un kilo'],
  ])('of quantities: %s %j is %j', (language, text, expected) => {
    expect(said(language, text)).toBe(expected);
  });

  it('is only cleaned in other languages', () => {
    expect(said('sv', 'Det kostar $5 | ungefär ~20 % <nu>')).toBe('Det kostar $5 ungefär 20 % nu');
  });

  it('keeps words as they are', () => {
    const text = "Hello there, it's nine o'clock. Really? Yes; well-known (so).";
    expect(speechOf(text, 'en')).toEqual({ written: text, spoken: text, changes: [] });
  });
});

const LANGUAGES = ['en', 'en-GB', 'de', 'es', 'es-MX', 'fr', 'it', 'pt', 'pt-PT', 'nl', 'hi', 'ja', 'sv'];
const word = fc.stringMatching(/^[a-zäé]{1,6}[.,?]?$/);
const number = fc.integer({ min: 0, max: 3_000_000 }).map(String);
const amount = fc.constantFrom(
  ...[
    '$12.50',
    '3.',
    '14:30',
    '+49 30 123 4567',
    'a@b.de',
    'https://x.com/a',
    '50%',
    '½',
    '1/2',
    '5 km',
    'z.B.',
    '3-5',
    'May 3',
    '#1',
  ],
);
const figures = fc.stringMatching(
  /^[0-9]{1,20}([.,:/ '’+-][0-9]{1,4}){0,4}(st|nd|th|ª|º|er|e|\.|%|°|€| €| million|k|s|h| Uhr| pm|x)?$/,
);
const signed = fc.stringMatching(
  /^([$€£¥₹#~+-]|R\$|USD |call |the )?[0-9]{1,18}([.,][0-9]{1,3}){0,3}(k|m|bn| million| mil| €| Mai| de mayo)?$/,
);
const symbol = fc.constantFrom(...'€×#*_|°&/<~^`@=+'.split(''));
const joined = (parts: fc.Arbitrary<string>) =>
  fc.array(parts, { maxLength: 12 }).map((all) => all.join(' '));
const sensible = joined(fc.oneof(word, number, amount));
const text = joined(fc.oneof(word, number, amount, symbol, figures, signed, fc.string({ maxLength: 5 })));

describe('speech of any text', () => {
  it('holds no markup', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...LANGUAGES), (written, language) => {
        expect(said(language, written)).not.toMatch(/[*_`#~|<>[\]{}\\^]/);
      }),
      { numRuns: 600 },
    );
  });

  it('is the same said again', () => {
    fc.assert(
      fc.property(sensible, fc.constantFrom(...LANGUAGES), (written, language) => {
        const spoken = said(language, written);
        expect(said(language, spoken)).toBe(spoken);
      }),
      { numRuns: 600 },
    );
  });

  it('has no digit left in a language that is known', () => {
    const known = LANGUAGES.slice(0, -2);
    fc.assert(
      fc.property(text, fc.constantFrom(...known), (written, language) => {
        expect(said(language, written)).not.toMatch(/[0-9]/);
      }),
      { numRuns: 600 },
    );
  });

  it('tells at every place how much of the written text was said', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...LANGUAGES), (written, language) => {
        const speech = speechOf(written, language);
        let before = 0;
        for (let length = 0; length <= speech.spoken.length; length++) {
          const now = writtenLength(speech, length);
          expect(now).toBeGreaterThanOrEqual(before);
          before = now;
        }
        expect(writtenLength(speech, Number.POSITIVE_INFINITY)).toBe(written.length);
        expect(before).toBe(written.length);
      }),
    );
  });

  it('is made in no time, whatever it is', () => {
    const parts = [
      '1'.repeat(300),
      '+1 1'.repeat(80),
      'a.'.repeat(200),
      'a-'.repeat(200),
      '1,'.repeat(200),
      'a@'.repeat(200),
      '(1) '.repeat(100),
      '1. '.repeat(100),
      'https://'.repeat(50),
    ];
    for (const language of LANGUAGES)
      for (const part of parts) expect(said(language, part)).toBeTypeOf('string');
  }, 10_000);
});
