import type { Currency, CurrencyCode, SpokenLanguage } from './language.ts';
import { MOST_DIGITS, numberPattern, parseNumber, sayCount, sayNumber } from './numbers.ts';
import { anyOf, ENDS, type Match, type RulesOf, STARTS } from './rule.ts';

const BY_SIGN: Readonly<Record<string, CurrencyCode>> = {
  $: 'USD',
  US$: 'USD',
  '€': 'EUR',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
  R$: 'BRL',
};
const CODES: readonly CurrencyCode[] = ['USD', 'EUR', 'GBP', 'JPY', 'INR', 'CHF', 'BRL'];

/** Short forms of thousands and millions that a currency's sign makes plain: "$5k". */
const SHORT_SCALES: Readonly<Record<string, number>> = { k: 3, K: 3, m: 6, M: 6, bn: 9, B: 9 };

/** Amounts of money. */
export const moneyRules: RulesOf = (language) => {
  const number = `(?<number>${numberPattern(language)})`;
  const scale = `(?:\\s(?<scale>${anyOf(language.scales.names)})${ENDS})?`;
  const sign = '(?<minus>(?<![\\p{L}\\p{N}])[-−])?';
  const signs = anyOf(Object.keys(BY_SIGN));
  const codes = anyOf(CODES);
  const names = namesOf(language);
  const say = ({ groups }: Match) => {
    const code = BY_SIGN[groups.currency ?? ''] ?? names.get(groups.currency ?? '');
    if (code === undefined) return null;
    const minus = groups.minus === undefined ? '' : `${language.words.minus} `;
    const currency = language.currencies[code];
    const text = groups.number ?? '';
    const power = SHORT_SCALES[groups.short ?? ''];
    if (power !== undefined) return minus + sayScaled(text, power, currency, language);
    if (groups.scale !== undefined) {
      const link = language.scales.before(currency.many);
      const amount = `${sayCount(text, [groups.scale, groups.scale], language)}`;
      return (
        minus +
        [amount, link.endsWith("'") ? `${link}${currency.many}` : `${link} ${currency.many}`.trim()].join(' ')
      );
    }
    return minus + sayAmount(text, currency, language);
  };
  return [
    {
      pattern: new RegExp(
        `${sign}${STARTS}(?<currency>${signs})\\s?${number}(?:(?<short>k|K|m|M|bn|B)${ENDS}|${scale})`,
        'gu',
      ),
      say,
    },
    { pattern: new RegExp(`${sign}${STARTS}(?<currency>${codes})\\s?${number}${scale}`, 'gu'), say },
    { pattern: new RegExp(`${sign}${STARTS}${number}${scale}\\s?(?<currency>${signs})`, 'gu'), say },
    {
      pattern: new RegExp(
        `${sign}${STARTS}${number}${scale}\\s?(?<currency>${anyOf(names.keys())})${ENDS}`,
        'gu',
      ),
      say,
    },
  ];
};

/** Codes, and what currencies are called. */
function namesOf({ currencies }: SpokenLanguage): ReadonlyMap<string, CurrencyCode> {
  const noun = (one: string) => one.slice(one.indexOf(' ') + 1);
  return new Map(
    CODES.flatMap((code) =>
      [code, currencies[code].many, noun(currencies[code].one)].map((name) => [name, code] as const),
    ),
  );
}

function sayAmount(text: string, currency: Currency, language: SpokenLanguage): string {
  const { whole, fraction } = parseNumber(text, language);
  const isLong = whole.length > MOST_DIGITS || fraction.length > 2;
  if (isLong || (fraction !== '' && currency.minorMany === undefined))
    return `${sayNumber(text, language)} ${currency.many}`;
  const cents = BigInt(fraction === '' ? '0' : fraction.padEnd(2, '0'));
  const units = BigInt(whole === '' ? '0' : whole);
  const major = nameAmount(units, currency.one, currency.many, language);
  if (cents === 0n) return major;
  const minor = nameAmount(cents, currency.minorOne ?? '', currency.minorMany ?? '', language);
  return units === 0n ? minor : language.money(major, minor);
}

function nameAmount(amount: bigint, one: string, many: string, language: SpokenLanguage): string {
  if (amount === 1n) return one;
  const number = language.cardinal(amount);
  return `${language.beforeNoun?.(number) ?? number} ${many}`;
}

function sayScaled(text: string, power: number, currency: Currency, language: SpokenLanguage): string {
  const { whole, fraction } = parseNumber(text, language);
  const digits = whole + fraction.padEnd(power, '0').slice(0, power);
  if (digits.length > MOST_DIGITS) return sayAmount(text, currency, language);
  return nameAmount(BigInt(digits), currency.one, currency.many, language);
}
