import { toCardinal, toOrdinal } from 'n2words/pt-PT';
import { type SpokenLanguage, words } from '../language.ts';

const MONTHS = [
  'janeiro',
  'fevereiro',
  'março',
  'abril',
  'maio',
  'junho',
  'julho',
  'agosto',
  'setembro',
  'outubro',
  'novembro',
  'dezembro',
];

/** The forms of Brazil. */
function cardinal(whole: number | bigint): string {
  return toCardinal(whole).replace(/dezass|dezan/gu, (start) => (start === 'dezan' ? 'dezen' : 'dezess'));
}

/** "uma hora", "duas horas". */
function feminine(number: string): string {
  return number.replace(/(?<!\p{L})um$/u, 'uma').replace(/(?<!\p{L})dois$/u, 'duas');
}

/** Portuguese as in Brazil. */
export const pt: SpokenLanguage = {
  cardinal,
  decimalMark: ',',
  fractionAs: 'number',
  words: {
    point: 'vírgula',
    minus: 'menos',
    plus: 'mais',
    percent: 'por cento',
    and: 'e',
    at: 'arroba',
    dot: 'ponto',
    slash: 'barra',
    dash: 'hífen',
    underscore: 'sublinhado',
    equals: 'igual a',
    times: 'vezes',
    divided: 'dividido por',
    less: 'é menor que',
    more: 'é maior que',
    about: 'cerca de',
    number: 'número',
    per: 'por',
    degrees: 'graus',
    to: 'a',
  },
  currencies: {
    USD: { one: 'um dólar', many: 'dólares', minorOne: 'um centavo', minorMany: 'centavos' },
    EUR: { one: 'um euro', many: 'euros', minorOne: 'um centavo', minorMany: 'centavos' },
    GBP: { one: 'uma libra', many: 'libras', minorOne: 'um pêni', minorMany: 'pence' },
    JPY: { one: 'um iene', many: 'ienes' },
    INR: { one: 'uma rupia', many: 'rupias', minorOne: 'uma paisa', minorMany: 'paisas' },
    CHF: { one: 'um franco', many: 'francos', minorOne: 'um centavo', minorMany: 'centavos' },
    BRL: { one: 'um real', many: 'reais', minorOne: 'um centavo', minorMany: 'centavos' },
  },
  money: (major, minor) => `${major} e ${minor}`,
  scales: {
    names: ['mil', 'milhão', 'milhões', 'bilhão', 'bilhões'],
    before: () => 'de',
  },
  one: () => 'um',
  zeroIsSingular: false,
  months: MONTHS,
  shortMonths: {
    jan: 1,
    fev: 2,
    mar: 3,
    abr: 4,
    mai: 5,
    jun: 6,
    jul: 7,
    ago: 8,
    set: 9,
    out: 10,
    nov: 11,
    dez: 12,
  },
  isMonthFirst: false,
  date: ({ day, month, year }) => {
    const said = `${day === 1 ? 'primeiro' : cardinal(day)} de ${MONTHS[month - 1] ?? ''}`;
    return year === null ? said : `${said} de ${cardinal(year)}`;
  },
  year: cardinal,
  times: [
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4])(?:[:h](?<minutes>[0-5]\d)(?:\s?h(?!\p{L}))?|\s?h(?:oras?)?)(?![\p{L}\d:])/gu,
  ],
  time: ({ hours, minutes }) => {
    const hour = `${feminine(cardinal(hours))} hora${hours > 1 ? 's' : ''}`;
    return minutes === 0 ? hour : `${hour} e ${cardinal(minutes)}`;
  },
  ordinals: /(?<![\p{L}\d.,])(?<number>\d{1,3})\.?(?<mark>[ºª])/gu,
  ordinal: (number, mark) =>
    mark === 'ª' ? toOrdinal(number).replace(/o(?=\s|$)/gu, 'a') : toOrdinal(number),
  beforeCode: /(?:ligue|disque|código|ramal|CEP|final)(?:\s(?:é|para|o))*\s$/iu,
  units: {
    km: ['quilômetro', 'quilômetros'],
    m: ['metro', 'metros'],
    cm: ['centímetro', 'centímetros'],
    mm: ['milímetro', 'milímetros'],
    'm²': ['metro quadrado', 'metros quadrados'],
    'km/h': ['quilômetro por hora', 'quilômetros por hora'],
    kg: ['quilo', 'quilos'],
    g: ['grama', 'gramas'],
    mg: ['miligrama', 'miligramas'],
    l: ['litro', 'litros'],
    ml: ['mililitro', 'mililitros'],
    '°C': ['grau', 'graus'],
    '°': ['grau', 'graus'],
    min: ['minuto', 'minutos'],
    s: ['segundo', 'segundos'],
    MB: ['megabyte', 'megabytes'],
    GB: ['gigabyte', 'gigabytes'],
    kWh: ['quilowatt-hora', 'quilowatts-hora'],
  },
  fractions: { '½': 'meio', '⅓': 'um terço', '⅔': 'dois terços', '¼': 'um quarto', '¾': 'três quartos' },
  andFraction: 'e',
  abbreviations: words('sr sra dr dra av r tel etc p.ex ex prof pág núm'),
  expansions: { 'p. ex.': 'por exemplo', 'p.ex.': 'por exemplo', 'Tel.': 'telefone', nº: 'número' },
  hasOrdinalStop: false,
  joints: words('e ou mas porque que quando onde se com sem para por de em a como'),
  leans: words(
    'o a os as às ao aos um uma meu seu sua de do da no na em com por para e ou que não é são muito se',
  ),
};

/** Portuguese as in Portugal. */
export const ptPt: SpokenLanguage = {
  ...pt,
  cardinal: (whole) => toCardinal(whole),
  date: (given) =>
    pt.date(given).replace(/dezess|dezen/gu, (start) => (start === 'dezen' ? 'dezan' : 'dezass')),
  currencies: {
    ...pt.currencies,
    EUR: { one: 'um euro', many: 'euros', minorOne: 'um cêntimo', minorMany: 'cêntimos' },
  },
};
