/** Currencies that have names here; of others the code is read. */
export type CurrencyCode = 'USD' | 'EUR' | 'GBP' | 'JPY' | 'INR' | 'CHF' | 'BRL';

export interface Currency {
  /** With its number: "one dollar". */
  readonly one: string;
  readonly many: string;
  /** Hundredths, where there are any. */
  readonly minorOne?: string;
  readonly minorMany?: string;
}

export interface SpokenDate {
  readonly day: number;
  /** From 1. */
  readonly month: number;
  readonly year: number | null;
  /** What stands before the date. */
  readonly before: string;
  /** "3 May", "May 3", or digits alone. */
  readonly form: 'dayMonth' | 'monthDay' | 'numeric';
}

export interface SpokenTime {
  /** 0 to 24. */
  readonly hours: number;
  readonly minutes: number;
  readonly meridiem: 'am' | 'pm' | null;
}

/** How a language says what is written in digits and symbols. */
export interface SpokenLanguage {
  cardinal(whole: bigint): string;
  /** Between the whole and the fraction of a number; the other one may group thousands. */
  readonly decimalMark: '.' | ',';
  /** Digits of a fraction are said one by one, or as a number where they are two at most. */
  readonly fractionAs: 'digits' | 'number';
  readonly words: Words;
  readonly currencies: Readonly<Record<CurrencyCode, Currency>>;
  /** Amount of whole units and of hundredths, each with its name. */
  money(major: string, minor: string): string;
  /** Words that multiply an amount, and what stands between them and a currency's name. */
  readonly scales: { readonly names: readonly string[]; readonly before: (currency: string) => string };
  /** "One" before this noun: "ein", "eine". */
  one(noun: string): string;
  /** A number of more than one before a noun: "veintiuno" is "veintiún" there. */
  beforeNoun?(number: string): string;
  /** Nouns are singular after these too, beside 1. */
  readonly zeroIsSingular: boolean;
  /** Full names in order, and short forms by the place of the month; lower case. */
  readonly months: readonly string[];
  readonly shortMonths: Readonly<Record<string, number>>;
  /** In a date of digits the month comes first. */
  readonly isMonthFirst: boolean;
  date(date: SpokenDate): string;
  /** Says a year, where it is said otherwise than a number. */
  year(year: number): string;
  /** Groups `hours`, `minutes` and `meridiem` of times as they are written. */
  readonly times: readonly RegExp[];
  time(time: SpokenTime): string;
  /** Groups `number` and `mark`. */
  readonly ordinals: RegExp | null;
  ordinal(number: bigint, mark: string, before: string): string;
  /** Says a decade, where it is written "1990s". */
  decade?(century: number | null, tens: number): string;
  /** Ends before a number that is read digit by digit: "dial", "extension". */
  readonly beforeCode?: RegExp;
  /** What stands for a unit after a number: one, many. */
  readonly units: Readonly<Record<string, readonly [string, string]>>;
  readonly fractions: Readonly<Record<string, string>>;
  /** "2½": between the number and its fraction. */
  readonly andFraction: string;
  /** Short forms without their last full stop, in lower case: none of them ends a sentence. */
  readonly abbreviations: ReadonlySet<string>;
  /** Short forms that are said in full, as written. */
  readonly expansions: Readonly<Record<string, string>>;
  /** "3." is an ordinal. */
  readonly hasOrdinalStop: boolean;
  /** Words before which a long clause is best cut. */
  readonly joints: ReadonlySet<string>;
  /** Words after which nobody pauses. */
  readonly leans: ReadonlySet<string>;
}

interface Words {
  readonly point: string;
  readonly minus: string;
  readonly plus: string;
  readonly percent: string;
  readonly and: string;
  readonly at: string;
  readonly dot: string;
  readonly slash: string;
  readonly dash: string;
  readonly underscore: string;
  readonly equals: string;
  readonly times: string;
  readonly divided: string;
  readonly less: string;
  readonly more: string;
  readonly about: string;
  readonly number: string;
  /** Between an amount and the time or the person it is for. */
  readonly per: string;
  readonly degrees: string;
  /** Between the ends of a range. */
  readonly to: string;
}

/** A set of the words in a text. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
