import type { SpokenLanguage } from './language.ts';
import {
  FEWEST_DIGITS_OF_A_CODE,
  MOST_DIGITS,
  numberPattern,
  sayCount,
  sayDigits,
  sayNumber,
} from './numbers.ts';
import { anyOf, ENDS, type Match, type Rule, type RulesOf, STARTS } from './rule.ts';

const SLASHED: Readonly<Record<string, string>> = {
  '1/2': '½',
  '1/3': '⅓',
  '2/3': '⅔',
  '1/4': '¼',
  '3/4': '¾',
  '1/8': '⅛',
};

/** Numbers, and what they are numbers of: percent, units, ordinals, fractions, versions, codes. */
export const quantityRules: RulesOf = (language) => {
  const number = numberPattern(language);
  const { words, units, fractions, andFraction } = language;
  const signed = (sign: string | undefined) => (sign === undefined ? '' : `${words.minus} `);
  const sign = `(?:(?<![\\p{L}\\p{N}.,:)])(?<sign>[-−]))?`;
  return [
    ...(language.ordinals === null
      ? []
      : [
          {
            pattern: language.ordinals,
            say: ({ groups, before }: Match) => {
              const digits = (groups.number ?? '').replace(/\D/g, '');
              if (/^0*$/.test(digits) || digits.length > MOST_DIGITS) return null;
              return language.ordinal(BigInt(digits), groups.mark ?? '', before);
            },
          },
        ]),
    ...(language.decade === undefined ? [] : [decadeRule(language.decade)]),
    {
      pattern: new RegExp(
        `${sign}${STARTS}(?<number>${number})\\s?(?<unit>${anyOf(Object.keys(units))})${ENDS}`,
        'gu',
      ),
      say: ({ groups }) =>
        signed(groups.sign) + sayCount(groups.number ?? '', units[groups.unit ?? ''] ?? ['', ''], language),
    },
    {
      pattern: new RegExp(`${sign}${STARTS}(?<number>${number})\\s?%`, 'gu'),
      say: ({ groups }) =>
        `${signed(groups.sign)}${sayNumber(groups.number ?? '', language)} ${words.percent}`,
    },
    {
      pattern: /(?<![\p{L}\p{N}/.,])[1-3]\/[2348](?![\p{L}\p{N}/])/gu,
      say: ({ text }) => fractions[SLASHED[text] ?? ''] ?? null,
    },
    {
      pattern: new RegExp(`(?:(?<number>\\d+)\\s?)?(?<fraction>[${Object.keys(fractions).join('')}])`, 'gu'),
      say: ({ groups }) => {
        const fraction = fractions[groups.fraction ?? ''] ?? '';
        if (groups.number === undefined) return fraction;
        return [sayNumber(groups.number, language), andFraction, fraction]
          .filter((part) => part !== '')
          .join(' ');
      },
    },
    // Versions and addresses of machines.
    {
      pattern: /(?<![\p{N}.])\d+(?:\.\d+){2,}(?!\d)/gu,
      say: ({ text }) =>
        text
          .split('.')
          .map((part) => sayNumber(part, language))
          .join(` ${words.dot} `),
    },
    // A code in groups.
    {
      pattern: /(?<![\p{L}\p{N}-])\d+(?:-\d+)+(?![\p{N}-])/gu,
      say: ({ text }) => {
        const groups = text.split('-');
        const isCode = groups.length > 2 || groups.some((group) => group.length >= FEWEST_DIGITS_OF_A_CODE);
        return isCode ? groups.map((group) => sayDigits(group, language)).join(', ') : null;
      },
    },
    // The ends of a range.
    {
      pattern: /(?<=(?:[\p{N}%€°]|[aApP][mM])\s?)[–—-](?=\s?[$€£₹]?\d)/gu,
      say: () => ` ${words.to} `,
    },
    { pattern: /(?<=\d):(?=\d)/gu, say: () => ' ' },
    // Times and divided, where they stand between numbers.
    { pattern: /(?<=\d\s?)[×x](?=\s?\d)/gu, say: () => ` ${words.times} ` },
    {
      pattern: new RegExp(`${sign}(?<number>${number})`, 'gu'),
      say: (match) => signed(match.groups.sign) + sayBare(match, language),
    },
    // What is left between other readings.
    { pattern: /\d/gu, say: ({ text }) => sayDigits(text, language) },
  ];
};

/** A number by itself, as what stands around it tells: a year, a number of things, a part of a product's name. */
function sayBare({ groups, before, after }: Match, language: SpokenLanguage): string {
  const text = groups.number ?? '';
  const isInWord = /[\p{L}\p{M}]$/u.test(before) || /^[\p{L}\p{M}]/u.test(after);
  const isNamed = language.beforeCode?.test(before) ?? false;
  if ((isInWord || isNamed) && /^\d{3,}$/.test(text)) return sayDigits(text, language);
  if (/^(?:19|20)\d{2}$/.test(text)) return language.year(Number(text));
  const number = sayNumber(text, language);
  const next = /^\s(\p{L}+)/u.exec(after)?.[1]?.toLowerCase();
  const hasNoun = next !== undefined && !language.joints.has(next) && !language.leans.has(next);
  return hasNoun ? (language.beforeNoun?.(number) ?? number) : number;
}

/** "the 1990s", "the '90s"; "90s" alone may be seconds. */
function decadeRule(decade: (century: number | null, tens: number) => string): Rule {
  return {
    pattern:
      /(?:(?<![\p{L}\p{N}])(?<century>1[1-9]|20)|(?<=the\s['’]?)|['’])(?<tens>[0-9]0)['’]?s(?!\p{L})/giu,
    say: ({ groups }) =>
      decade(groups.century === undefined ? null : Number(groups.century), Number(groups.tens)),
  };
}
