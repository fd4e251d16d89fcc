import type { SpokenLanguage } from './language.ts';

/** Digits that stand together without groups are an account or an order from so many on, and are said one by one. */
export const FEWEST_DIGITS_OF_A_CODE = 5;
/** Longer numbers have no name that a listener could follow. */
export const MOST_DIGITS = 15;

/** A pattern for a number without sign, as the language writes it; "3.5" is understood everywhere. */
export function numberPattern({ decimalMark }: Pick<SpokenLanguage, 'decimalMark'>): string {
  return decimalMark === '.'
    ? '(?:\\d{1,3}(?:(?:,\\d{2,3})*,\\d{3}|(?: \\d{3})+)(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)'
    : "(?:\\d{1,3}(?:[. '’]\\d{3})+(?!\\d)(?:,\\d+)?|\\d+(?:,\\d+|\\.\\d{1,2}(?!\\d))?)";
}

export interface ParsedNumber {
  /** Digits only. */
  readonly whole: string;
  readonly fraction: string;
  readonly isGrouped: boolean;
}

export function parseNumber(
  text: string,
  { decimalMark }: Pick<SpokenLanguage, 'decimalMark'>,
): ParsedNumber {
  const mark =
    decimalMark === '.' ? /\.(\d+)$/u.exec(text) : (/,(\d+)$/u.exec(text) ?? /^\d+\.(\d{1,2})$/u.exec(text));
  const fraction = mark?.[1] ?? '';
  const head = fraction === '' ? text : text.slice(0, -fraction.length - 1);
  const whole = head.replace(/\D/g, '');
  return { whole, fraction, isGrouped: whole.length < head.length };
}

/** A number as it is said: in words, or digit by digit where it is rather a code. */
export function sayNumber(text: string, language: SpokenLanguage): string {
  const { whole, fraction, isGrouped } = parseNumber(text, language);
  const isRound = /^[1-9]\d?\d?(?:000)+$/.test(whole);
  const isCode = !isGrouped && fraction === '' && !isRound && whole.length >= FEWEST_DIGITS_OF_A_CODE;
  if (isCode || whole.length > MOST_DIGITS || /^0\d/.test(whole)) {
    const said = sayDigits(whole, language);
    return fraction === '' ? said : `${said} ${language.words.point} ${sayDigits(fraction, language)}`;
  }
  return fraction === ''
    ? language.cardinal(BigInt(whole))
    : `${language.cardinal(BigInt(whole))} ${language.words.point} ${sayFraction(fraction, language)}`;
}

/** Each digit by its name. */
export function sayDigits(digits: string, language: SpokenLanguage): string {
  return [...digits].map((digit) => language.cardinal(BigInt(digit))).join(' ');
}

/** A number with a noun: "one meter", "two and a half meters". */
export function sayCount(
  text: string,
  [one, many]: readonly [string, string],
  language: SpokenLanguage,
): string {
  const { whole, fraction } = parseNumber(text, language);
  if (whole === '1' && fraction === '') return `${language.one(one)} ${one}`;
  const number = sayNumber(text, language);
  const isSingular = language.zeroIsSingular && (whole === '0' || whole === '1');
  return `${language.beforeNoun?.(number) ?? number} ${isSingular ? one : many}`;
}

function sayFraction(digits: string, language: SpokenLanguage): string {
  const isNumber = language.fractionAs === 'number' && digits.length <= 2 && !digits.startsWith('0');
  return isNumber ? language.cardinal(BigInt(digits)) : sayDigits(digits, language);
}
