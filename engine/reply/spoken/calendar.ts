import type { SpokenDate, SpokenLanguage } from './language.ts';
import { anyOf, closedAs, ENDS, type Match, type RulesOf, STARTS } from './rule.ts';

const YEAR = '(?<year>1[1-9]\\d{2}|20\\d{2})';

/** Dates, and times of day. */
export const calendarRules: RulesOf = (language) => {
  const names = anyOf([
    ...language.months,
    ...Object.keys(language.shortMonths).map((month) => `${month}.`),
    ...Object.keys(language.shortMonths),
  ]);
  const month = `(?<month>${names})${ENDS}`;
  const day = '(?<day>3[01]|[12]\\d|0?[1-9])';
  const dateOf =
    (form: SpokenDate['form']) =>
    ({ groups, before }: Match): string | null => {
      const number = monthNumber(groups.month ?? '', language);
      const date = { day: Number(groups.day), month: number, year: yearOf(groups.year), before, form };
      return isDay(date) ? language.date(date) : null;
    };
  const dayMonth = `${day}(?:\\.|st|nd|rd|th|er|º|°)?\\s(?:(?:of|de)\\s)?${month}(?:,?\\s(?:de\\s)?${YEAR}${ENDS})?`;
  const monthDay = `${month}\\s${day}(?:st|nd|rd|th)?${ENDS}(?:,?\\s${YEAR}${ENDS})?`;
  return [
    {
      pattern: new RegExp(`${STARTS}${YEAR}-(?<month>0[1-9]|1[0-2])-${day}(?![\\d:])`, 'gu'),
      say: dateOf('numeric'),
    },
    { pattern: new RegExp(`(?<!\\d[./-]?)${STARTS}${dayMonth}`, 'giu'), say: dateOf('dayMonth') },
    ...(language.isMonthFirst || language.decimalMark === '.'
      ? [{ pattern: new RegExp(`${STARTS}${monthDay}`, 'giu'), say: dateOf('monthDay') }]
      : []),
    {
      pattern:
        /(?<![\p{L}\p{N}./-])(?<one>\d{1,2})(?<mark>[./-])(?<two>\d{1,2})\k<mark>(?<year>(?:19|20)\d{2}|\d{2})(?![\d/-]|\.\d)/gu,
      say: ({ groups, before }) => {
        const year = yearOf(groups.year);
        const isMonthFirst = language.isMonthFirst && groups.mark !== '.';
        const [one, two] = [Number(groups.one), Number(groups.two)];
        const date = isMonthFirst && one <= 12 ? { month: one, day: two } : { month: two, day: one };
        const given = { ...date, year, before, form: 'numeric' as const };
        return isDay(given) ? language.date(given) : null;
      },
    },
    ...(language.hasOrdinalStop
      ? [
          {
            pattern: /(?<![\p{L}\p{N}.,])(?<day>\d{1,2})\.\s?(?<month>\d{1,2})\.(?=[\s,;:)!?]|$)/gu,
            say: (match: Match) => {
              const said = dateOf('numeric')(match);
              return said === null ? null : closedAs(match.text, said, match.after);
            },
          },
        ]
      : []),
    ...language.times.map((pattern) => ({
      pattern,
      say: ({ text, groups, after }: Match) => {
        const meridiem = groups.meridiem?.toLowerCase().charAt(0);
        const said = language.time({
          hours: Number(groups.hours),
          minutes: Number(groups.minutes ?? 0),
          meridiem: meridiem === 'a' ? 'am' : meridiem === 'p' ? 'pm' : null,
        });
        return closedAs(text, said, after);
      },
    })),
  ];
};

function monthNumber(name: string, { months, shortMonths }: SpokenLanguage): number {
  if (/^\d+$/.test(name)) return Number(name);
  const lower = name.toLowerCase().replace(/\.$/, '');
  const place = months.indexOf(lower);
  return place >= 0 ? place + 1 : (shortMonths[lower] ?? 0);
}

function yearOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

function isDay({ day, month }: { readonly day: number; readonly month: number }): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}
