import { toCardinal, toOrdinal } from 'n2words/fr-FR';
import { type SpokenLanguage, words } from '../language.ts';

const MONTHS = [
  'janvier',
  'février',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'août',
  'septembre',
  'octobre',
  'novembre',
  'décembre',
];

const feminine = (number: string) => number.replace(/(?<!\p{L})un$/u, 'une');

export const fr: SpokenLanguage = {
  cardinal: (whole) => toCardinal(whole),
  decimalMark: ',',
  fractionAs: 'number',
  words: {
    point: 'virgule',
    minus: 'moins',
    plus: 'plus',
    percent: 'pour cent',
    and: 'et',
    at: 'arobase',
    dot: 'point',
    slash: 'slash',
    dash: 'tiret',
    underscore: 'tiret bas',
    equals: 'égale',
    times: 'fois',
    divided: 'divisé par',
    less: 'est inférieur à',
    more: 'est supérieur à',
    about: 'environ',
    number: 'numéro',
    per: 'par',
    degrees: 'degrés',
    to: 'à',
  },
  currencies: {
    USD: { one: 'un dollar', many: 'dollars', minorOne: 'un cent', minorMany: 'cents' },
    EUR: { one: 'un euro', many: 'euros', minorOne: 'un centime', minorMany: 'centimes' },
    GBP: { one: 'une livre', many: 'livres', minorOne: 'un penny', minorMany: 'pence' },
    JPY: { one: 'un yen', many: 'yens' },
    INR: { one: 'une roupie', many: 'roupies', minorOne: 'un paisa', minorMany: 'paisas' },
    CHF: { one: 'un franc', many: 'francs', minorOne: 'un centime', minorMany: 'centimes' },
    BRL: { one: 'un réal', many: 'réaux', minorOne: 'un centavo', minorMany: 'centavos' },
  },
  money: (major, minor) => `${major} et ${minor}`,
  scales: {
    names: ['mille', 'million', 'millions', 'milliard', 'milliards'],
    before: (currency) => (/^[aeiou]/u.test(currency) ? "d'" : 'de'),
  },
  one: (noun) => (/^(?:minute|seconde)/u.test(noun) ? 'une' : 'un'),
  zeroIsSingular: true,
  months: MONTHS,
  shortMonths: { janv: 1, févr: 2, avr: 4, juil: 7, sept: 9, oct: 10, nov: 11, déc: 12 },
  isMonthFirst: false,
  date: ({ day, month, year }) => {
    const said = `${day === 1 ? 'premier' : toCardinal(day)} ${MONTHS[month - 1] ?? ''}`;
    return year === null ? said : `${said} ${toCardinal(year)}`;
  },
  year: (year) => toCardinal(year),
  times: [
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4])\s?(?:[h:]\s?(?<minutes>[0-5]\d)|h(?:eures?)?)(?![\p{L}\d:])/gu,
  ],
  time: ({ hours, minutes }) => {
    const hour = `${feminine(toCardinal(hours))} heure${hours > 1 ? 's' : ''}`;
    return minutes === 0 ? hour : `${hour} ${feminine(toCardinal(minutes))}`;
  },
  ordinals: /(?<![\p{L}\d.,])(?<number>\d{1,3})(?<mark>ère|ers?|re|ème|es?)(?!\p{L})/gu,
  ordinal: (number, mark) => {
    if (number !== 1n) return toOrdinal(number);
    return mark.startsWith('è') || mark === 're' ? 'première' : 'premier';
  },
  beforeCode: /(?:composez|appelez|code|poste|finissant par)(?:\s(?:est|le|postal))*\s$/iu,
  units: {
    km: ['kilomètre', 'kilomètres'],
    m: ['mètre', 'mètres'],
    cm: ['centimètre', 'centimètres'],
    mm: ['millimètre', 'millimètres'],
    'm²': ['mètre carré', 'mètres carrés'],
    'km/h': ['kilomètre heure', 'kilomètres heure'],
    kg: ['kilo', 'kilos'],
    g: ['gramme', 'grammes'],
    mg: ['milligramme', 'milligrammes'],
    l: ['litre', 'litres'],
    L: ['litre', 'litres'],
    ml: ['millilitre', 'millilitres'],
    '°C': ['degré', 'degrés'],
    '°': ['degré', 'degrés'],
    min: ['minute', 'minutes'],
    s: ['seconde', 'secondes'],
    Mo: ['mégaoctet', 'mégaoctets'],
    Go: ['gigaoctet', 'gigaoctets'],
    kWh: ['kilowattheure', 'kilowattheures'],
  },
  fractions: { '½': 'un demi', '⅓': 'un tiers', '⅔': 'deux tiers', '¼': 'un quart', '¾': 'trois quarts' },
  andFraction: 'et',
  abbreviations: words(
    'm mm dr etc av bd p.ex ex tél st ste env réf min max janv févr avr juil sept oct nov déc',
  ),
  expansions: {
    'p. ex.': 'par exemple',
    'p.ex.': 'par exemple',
    'env.': 'environ',
    'Tél.': 'téléphone',
    'n°': 'numéro',
    'N°': 'numéro',
  },
  hasOrdinalStop: false,
  joints: words('et ou mais car que qui quand où si avec sans pour par de en à dans comme'),
  leans: words(
    'le la les un une des du de mon ma mes votre vos son sa ses ce cette à au aux en dans avec pour par et ou que ne pas est sont très je tu il elle nous vous',
  ),
};
