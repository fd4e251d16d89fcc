import { toCardinal as britishCardinal } from 'n2words/en-GB';
import { toCardinal, toOrdinal } from 'n2words/en-US';
import { type SpokenDate, type SpokenLanguage, type SpokenTime, words } from '../language.ts';

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const NAMES = MONTHS.map((month) => month.charAt(0).toUpperCase() + month.slice(1));

/** "twenty twenty-six", "nineteen oh five", "two thousand". */
function year(value: number): string {
  const [century, rest] = [Math.floor(value / 100), value % 100];
  if (value < 1100 || value > 2099 || (value >= 2000 && value < 2010)) return toCardinal(value);
  if (rest === 0) return `${toCardinal(century)} hundred`;
  return `${toCardinal(century)} ${rest < 10 ? `oh ${toCardinal(rest)}` : toCardinal(rest)}`;
}

function date({ day, month, year: value, before, form }: SpokenDate, isBritish: boolean): string {
  const name = NAMES[month - 1] ?? '';
  const ordinal = toOrdinal(day);
  const hasArticle = /\bthe\s*$/i.test(before);
  const dayFirst = `${hasArticle ? '' : 'the '}${ordinal} of ${name}`;
  const monthFirst = isBritish ? `${name} the ${ordinal}` : `${name} ${ordinal}`;
  const isDayFirst = form === 'dayMonth' || (form === 'numeric' && isBritish);
  const said = isDayFirst ? dayFirst : monthFirst;
  if (value === null) return said;
  return isDayFirst ? `${said} ${year(value)}` : `${said}, ${year(value)}`;
}

function time({ hours, minutes, meridiem }: SpokenTime): string {
  const hour = meridiem === null || hours <= 12 ? hours : hours - 12;
  const letters = meridiem === null ? '' : ` ${meridiem === 'am' ? 'A' : 'P'} M`;
  if (minutes === 0) {
    if (meridiem !== null) return `${toCardinal(hour)}${letters}`;
    if (hours % 24 === 0) return 'midnight';
    return hours <= 12 ? `${toCardinal(hours)} o'clock` : `${toCardinal(hours)} hundred`;
  }
  return `${toCardinal(hour)} ${minutes < 10 ? `oh ${toCardinal(minutes)}` : toCardinal(minutes)}${letters}`;
}

/** English as in the United States: "one hundred one", months first. */
export const en: SpokenLanguage = {
  cardinal: (whole) => toCardinal(whole),
  decimalMark: '.',
  fractionAs: 'digits',
  words: {
    point: 'point',
    minus: 'minus',
    plus: 'plus',
    percent: 'percent',
    and: 'and',
    at: 'at',
    dot: 'dot',
    slash: 'slash',
    dash: 'dash',
    underscore: 'underscore',
    equals: 'equals',
    times: 'times',
    divided: 'divided by',
    less: 'is less than',
    more: 'is more than',
    about: 'about',
    number: 'number',
    per: 'per',
    degrees: 'degrees',
    to: 'to',
  },
  currencies: {
    USD: { one: 'one dollar', many: 'dollars', minorOne: 'one cent', minorMany: 'cents' },
    EUR: { one: 'one euro', many: 'euros', minorOne: 'one cent', minorMany: 'cents' },
    GBP: { one: 'one pound', many: 'pounds', minorOne: 'one penny', minorMany: 'pence' },
    JPY: { one: 'one yen', many: 'yen' },
    INR: { one: 'one rupee', many: 'rupees', minorOne: 'one paisa', minorMany: 'paise' },
    CHF: { one: 'one franc', many: 'francs', minorOne: 'one centime', minorMany: 'centimes' },
    BRL: { one: 'one real', many: 'reais', minorOne: 'one centavo', minorMany: 'centavos' },
  },
  money: (major, minor) => `${major} and ${minor}`,
  scales: { names: ['thousand', 'million', 'billion', 'trillion'], before: () => '' },
  one: () => 'one',
  zeroIsSingular: false,
  months: MONTHS,
  shortMonths: {
    jan: 1,
    feb: 2,
    mar: 3,
    apr: 4,
    jun: 6,
    jul: 7,
    aug: 8,
    sep: 9,
    sept: 9,
    oct: 10,
    nov: 11,
    dec: 12,
  },
  isMonthFirst: true,
  date: (given) => date(given, false),
  year,
  times: [
    /(?<![\p{L}\d:.])(?<hours>1[0-2]|0?[1-9])(?:[:.](?<minutes>[0-5]\d))?\s?(?<meridiem>[ap]\.?\s?m)(?:\.|(?!\p{L}))/giu,
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4]):(?<minutes>[0-5]\d)(?![\d:])/gu,
  ],
  time,
  ordinals: /(?<![\p{L}\d.,])(?<number>\d{1,9}(?:,\d{3})*)(?<mark>st|nd|rd|th)(?!\p{L})/giu,
  ordinal: (number) => toOrdinal(number),
  decade: (century, tens) => {
    const plural = tens === 0 ? 'hundreds' : toCardinal(tens).replace(/y$/u, 'ies').replace(/ten$/u, 'tens');
    if (century === null) return plural;
    return century === 20 && tens === 0 ? 'two thousands' : `${toCardinal(century)} ${plural}`;
  },
  beforeCode:
    /(?:\b(?:call|dial|ring|text|extension|ext\.?|pin|code|zip|ending in|ends in)(?:\s(?:is|code|number))*)\s$/iu,
  units: {
    km: ['kilometer', 'kilometers'],
    m: ['meter', 'meters'],
    cm: ['centimeter', 'centimeters'],
    mm: ['millimeter', 'millimeters'],
    'm²': ['square meter', 'square meters'],
    'ft²': ['square foot', 'square feet'],
    mi: ['mile', 'miles'],
    ft: ['foot', 'feet'],
    yd: ['yard', 'yards'],
    'km/h': ['kilometer an hour', 'kilometers an hour'],
    mph: ['mile an hour', 'miles an hour'],
    kg: ['kilogram', 'kilograms'],
    g: ['gram', 'grams'],
    mg: ['milligram', 'milligrams'],
    lb: ['pound', 'pounds'],
    lbs: ['pound', 'pounds'],
    oz: ['ounce', 'ounces'],
    l: ['liter', 'liters'],
    L: ['liter', 'liters'],
    ml: ['milliliter', 'milliliters'],
    mL: ['milliliter', 'milliliters'],
    '°C': ['degree Celsius', 'degrees Celsius'],
    '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
    '°': ['degree', 'degrees'],
    h: ['hour', 'hours'],
    hr: ['hour', 'hours'],
    hrs: ['hour', 'hours'],
    min: ['minute', 'minutes'],
    mins: ['minute', 'minutes'],
    s: ['second', 'seconds'],
    sec: ['second', 'seconds'],
    ms: ['millisecond', 'milliseconds'],
    kB: ['kilobyte', 'kilobytes'],
    KB: ['kilobyte', 'kilobytes'],
    MB: ['megabyte', 'megabytes'],
    'MB/s': ['megabyte a second', 'megabytes a second'],
    GB: ['gigabyte', 'gigabytes'],
    TB: ['terabyte', 'terabytes'],
    Mbps: ['megabit a second', 'megabits a second'],
    W: ['watt', 'watts'],
    kW: ['kilowatt', 'kilowatts'],
    kWh: ['kilowatt hour', 'kilowatt hours'],
    Hz: ['hertz', 'hertz'],
    kHz: ['kilohertz', 'kilohertz'],
    MHz: ['megahertz', 'megahertz'],
    GHz: ['gigahertz', 'gigahertz'],
  },
  fractions: {
    '½': 'a half',
    '⅓': 'a third',
    '⅔': 'two thirds',
    '¼': 'a quarter',
    '¾': 'three quarters',
    '⅛': 'an eighth',
  },
  andFraction: 'and',
  abbreviations: words(
    'mr mrs ms dr st vs etc e.g i.e a.m p.m jr sr prof rev gen sgt capt lt col gov sen rep hon inc ltd corp dept est approx ext mt ave blvd rd apt fig jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri u.s u.k',
  ),
  expansions: {
    'e.g.': 'for example',
    'i.e.': 'that is',
    'vs.': 'versus',
    'approx.': 'approximately',
    'w/o': 'without',
    'w/': 'with',
    '24/7': 'twenty-four seven',
    'C#': 'C sharp',
    'C++': 'C plus plus',
  },
  hasOrdinalStop: false,
  joints: words(
    'and or but so because that which who when where while if unless until before after with without for from to at in on by as than about through between',
  ),
  leans: words(
    'a an the my your his her its our their this these those of to in on at for from with by and or but is are was were be i you he she we they not very no mr mrs ms dr',
  ),
};

/** English of other countries: "one hundred and one", days first. */
export const enGb: SpokenLanguage = {
  ...en,
  cardinal: (whole) => britishCardinal(whole),
  isMonthFirst: false,
  date: (given) => date(given, true),
  units: Object.fromEntries(
    Object.entries(en.units).map(([unit, [one, many]]) => [unit, [british(one), british(many)]]),
  ),
};

function british(unit: string): string {
  return unit.replace(/meter/g, 'metre').replace(/liter/g, 'litre');
}
