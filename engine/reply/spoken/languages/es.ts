import { toCardinal, toOrdinal } from 'n2words/es-ES';
import { type SpokenLanguage, words } from '../language.ts';

const MONTHS = [
  'enero',
  'febrero',
  'marzo',
  'abril',
  'mayo',
  'junio',
  'julio',
  'agosto',
  'septiembre',
  'octubre',
  'noviembre',
  'diciembre',
];

/** "veintiún", "treinta y un" before a noun and before thousands. */
function beforeNoun(number: string): string {
  return number.replace(/veintiuno$/u, 'veintiún').replace(/(?<!\p{L})uno$/u, 'un');
}

function cardinal(whole: number | bigint): string {
  return toCardinal(whole)
    .replace(/veintiuno(?= m)/gu, 'veintiún')
    .replace(/(?<!\p{L})uno(?= m)/gu, 'un');
}

/** Spanish as in Spain; decimals after a comma. */
export const es: SpokenLanguage = {
  cardinal,
  decimalMark: ',',
  fractionAs: 'number',
  words: {
    point: 'coma',
    minus: 'menos',
    plus: 'más',
    percent: 'por ciento',
    and: 'y',
    at: 'arroba',
    dot: 'punto',
    slash: 'barra',
    dash: 'guion',
    underscore: 'guion bajo',
    equals: 'igual a',
    times: 'por',
    divided: 'entre',
    less: 'es menor que',
    more: 'es mayor que',
    about: 'unos',
    number: 'número',
    per: 'por',
    degrees: 'grados',
    to: 'a',
  },
  currencies: {
    USD: { one: 'un dólar', many: 'dólares', minorOne: 'un centavo', minorMany: 'centavos' },
    EUR: { one: 'un euro', many: 'euros', minorOne: 'un céntimo', minorMany: 'céntimos' },
    GBP: { one: 'una libra', many: 'libras', minorOne: 'un penique', minorMany: 'peniques' },
    JPY: { one: 'un yen', many: 'yenes' },
    INR: { one: 'una rupia', many: 'rupias', minorOne: 'una paisa', minorMany: 'paisas' },
    CHF: { one: 'un franco', many: 'francos', minorOne: 'un céntimo', minorMany: 'céntimos' },
    BRL: { one: 'un real', many: 'reales', minorOne: 'un centavo', minorMany: 'centavos' },
  },
  money: (major, minor) => `${major} con ${minor}`,
  scales: {
    names: ['mil', 'millón', 'millones', 'mil millones'],
    before: () => 'de',
  },
  beforeNoun,
  one: (noun) => (noun.endsWith('a') ? 'una' : 'un'),
  zeroIsSingular: false,
  months: MONTHS,
  shortMonths: { ene: 1, feb: 2, mar: 3, abr: 4, jun: 6, jul: 7, ago: 8, sept: 9, oct: 10, nov: 11, dic: 12 },
  isMonthFirst: false,
  date: ({ day, month, year }) => {
    const said = `${day === 1 ? 'primero' : cardinal(day)} de ${MONTHS[month - 1] ?? ''}`;
    return year === null ? said : `${said} de ${cardinal(year)}`;
  },
  year: cardinal,
  times: [
    /(?<![\p{L}\d:.,])(?<hours>1[0-2]|0?[1-9])(?:[:.](?<minutes>[0-5]\d))?\s?(?<meridiem>[ap]\.?\s?m)(?:\.|(?!\p{L}))/giu,
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4]):(?<minutes>[0-5]\d)(?:\s?h(?:rs?|oras)?(?!\p{L})\.?)?(?![\d:])/gu,
  ],
  time: ({ hours, minutes, meridiem }) => {
    const hour = hours === 1 ? 'una' : cardinal(hours).replace(/uno$/u, 'una');
    const part = meridiem === null ? '' : meridiem === 'am' ? ' de la mañana' : ' de la tarde';
    return `${hour}${minutes === 0 ? (meridiem === null ? ' en punto' : '') : ` y ${cardinal(minutes)}`}${part}`;
  },
  ordinals: /(?<![\p{L}\d.,])(?<number>\d{1,3})\.?(?<mark>[ºª]|er(?!\p{L}))/gu,
  ordinal: (number, mark) => {
    const word = toOrdinal(number);
    if (mark === 'ª') return word.replace(/o(?=\s|$)/gu, 'a');
    return mark === 'er' ? word.replace(/(prim|terc)ero$/u, '$1er') : word;
  },
  beforeCode: /(?:marque|llame|código|pin|extensión|terminada en|termina en)(?:\s(?:es|el|al|postal))*\s$/iu,
  units: {
    km: ['kilómetro', 'kilómetros'],
    m: ['metro', 'metros'],
    cm: ['centímetro', 'centímetros'],
    mm: ['milímetro', 'milímetros'],
    'm²': ['metro cuadrado', 'metros cuadrados'],
    'km/h': ['kilómetro por hora', 'kilómetros por hora'],
    kg: ['kilo', 'kilos'],
    g: ['gramo', 'gramos'],
    mg: ['miligramo', 'miligramos'],
    l: ['litro', 'litros'],
    ml: ['mililitro', 'mililitros'],
    '°C': ['grado', 'grados'],
    '°': ['grado', 'grados'],
    h: ['hora', 'horas'],
    min: ['minuto', 'minutos'],
    s: ['segundo', 'segundos'],
    MB: ['megabyte', 'megabytes'],
    GB: ['gigabyte', 'gigabytes'],
    kWh: ['kilovatio hora', 'kilovatios hora'],
  },
  fractions: { '½': 'medio', '⅓': 'un tercio', '⅔': 'dos tercios', '¼': 'un cuarto', '¾': 'tres cuartos' },
  andFraction: 'y',
  abbreviations: words('sr sra srta dr dra ud uds av avda c p.ej ej núm tel etc a.m p.m ee.uu prof pág'),
  expansions: {
    'p. ej.': 'por ejemplo',
    'p.ej.': 'por ejemplo',
    'núm.': 'número',
    nº: 'número',
    'n.º': 'número',
    'Ud.': 'usted',
    'Uds.': 'ustedes',
    'EE.UU.': 'Estados Unidos',
    'EE. UU.': 'Estados Unidos',
    'Avda.': 'avenida',
    'Tel.': 'teléfono',
  },
  hasOrdinalStop: false,
  joints: words('y o u pero porque que cuando donde si con sin para por de en a como'),
  leans: words(
    'el la los las un una unos unas mi tu su de del a al en con por para y o que no es son muy se lo le',
  ),
};

/** Spanish of countries that write decimals after a full stop. */
export const esMx: SpokenLanguage = { ...es, decimalMark: '.', words: { ...es.words, point: 'punto' } };
