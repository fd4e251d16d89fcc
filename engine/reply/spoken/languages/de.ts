import { toCardinal, toOrdinal } from 'n2words/de-DE';
import { type SpokenDate, type SpokenLanguage, words } from '../language.ts';

const MONTHS = [
  'januar',
  'februar',
  'märz',
  'april',
  'mai',
  'juni',
  'juli',
  'august',
  'september',
  'oktober',
  'november',
  'dezember',
];

/** "dritter", after an article "dritte", after a preposition "dritten". */
function ordinal(number: number | bigint, before: string): string {
  const word = toOrdinal(number);
  if (/(?:^|\s)(?:am|im|vom|zum|zur|beim|bis|ab|seit|dem|den|des|einem|einen|jeden|jedem)\s+$/iu.test(before))
    return `${word}n`;
  return /(?:^|\s)(?:der|die|das|jede|eine)\s+$/iu.test(before) ? word : `${word}r`;
}

function date({ day, month, year, before }: SpokenDate): string {
  const name = MONTHS[month - 1] ?? '';
  const said = `${ordinal(day, before)} ${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return year === null ? said : `${said} ${yearOf(year)}`;
}

function yearOf(year: number): string {
  if (year < 1100 || year > 1999) return toCardinal(year);
  const rest = year % 100;
  return `${toCardinal(Math.floor(year / 100))}hundert${rest === 0 ? '' : toCardinal(rest)}`;
}

/** "ein Uhr", not "eins". */
function beforeNoun(number: string): string {
  return number.replace(/eins$/u, 'ein');
}

export const de: SpokenLanguage = {
  cardinal: (whole) => toCardinal(whole),
  decimalMark: ',',
  fractionAs: 'digits',
  words: {
    point: 'Komma',
    minus: 'minus',
    plus: 'plus',
    percent: 'Prozent',
    and: 'und',
    at: 'ät',
    dot: 'Punkt',
    slash: 'Schrägstrich',
    dash: 'Bindestrich',
    underscore: 'Unterstrich',
    equals: 'gleich',
    times: 'mal',
    divided: 'geteilt durch',
    less: 'ist kleiner als',
    more: 'ist größer als',
    about: 'etwa',
    number: 'Nummer',
    per: 'pro',
    degrees: 'Grad',
    to: 'bis',
  },
  currencies: {
    USD: { one: 'ein Dollar', many: 'Dollar', minorOne: 'ein Cent', minorMany: 'Cent' },
    EUR: { one: 'ein Euro', many: 'Euro', minorOne: 'ein Cent', minorMany: 'Cent' },
    GBP: { one: 'ein Pfund', many: 'Pfund', minorOne: 'ein Penny', minorMany: 'Pence' },
    JPY: { one: 'ein Yen', many: 'Yen' },
    INR: { one: 'eine Rupie', many: 'Rupien', minorOne: 'ein Paisa', minorMany: 'Paise' },
    CHF: { one: 'ein Franken', many: 'Franken', minorOne: 'ein Rappen', minorMany: 'Rappen' },
    BRL: { one: 'ein Real', many: 'Real', minorOne: 'ein Centavo', minorMany: 'Centavos' },
  },
  money: (major, minor) => `${major} und ${minor}`,
  scales: { names: ['tausend', 'million', 'millionen', 'milliarde', 'milliarden'], before: () => '' },
  beforeNoun,
  one: (noun) => (/(?<!byte)e$/u.test(noun) ? 'eine' : 'ein'),
  zeroIsSingular: false,
  months: MONTHS,
  shortMonths: { jan: 1, feb: 2, apr: 4, aug: 8, sept: 9, sep: 9, okt: 10, nov: 11, dez: 12 },
  isMonthFirst: false,
  date,
  year: yearOf,
  times: [
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4])[:.](?<minutes>[0-5]\d)\s?Uhr(?!\p{L})/gu,
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4])\s?Uhr(?:\s(?<minutes>[0-5]?\d)(?![\d:.,]))?(?!\p{L})/gu,
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4]):(?<minutes>[0-5]\d)(?![\d:])/gu,
  ],
  time: ({ hours, minutes }) =>
    `${beforeNoun(toCardinal(hours))} Uhr${minutes === 0 ? '' : ` ${toCardinal(minutes)}`}`,
  ordinals:
    /(?<![\p{L}\d.,])(?<number>\d{1,3})\.(?<mark>)(?=\s(?!(?:Das|Die|Der|Es|Wir|Ich|Sie|Er|Ihr|Und|Aber|Dann|Danach|Bitte|Wenn|Möchten|Haben|Hat|Kann|Können|Ist|Sind|Soll|Was|Wie|Wann|Wo|Ja|Nein)(?!\p{L}))\p{L})/gu,
  ordinal: (number, _mark, before) => ordinal(number, before),
  beforeCode:
    /(?:wählen|PIN|Code|Durchwahl|Postleitzahl|PLZ|Endziffern|Kennwort)(?:\s(?:Sie|ist|lautet|die))*\s$/iu,
  units: {
    km: ['Kilometer', 'Kilometer'],
    m: ['Meter', 'Meter'],
    cm: ['Zentimeter', 'Zentimeter'],
    mm: ['Millimeter', 'Millimeter'],
    'm²': ['Quadratmeter', 'Quadratmeter'],
    qm: ['Quadratmeter', 'Quadratmeter'],
    'km/h': ['Kilometer pro Stunde', 'Kilometer pro Stunde'],
    kg: ['Kilogramm', 'Kilogramm'],
    g: ['Gramm', 'Gramm'],
    mg: ['Milligramm', 'Milligramm'],
    l: ['Liter', 'Liter'],
    ml: ['Milliliter', 'Milliliter'],
    '°C': ['Grad Celsius', 'Grad Celsius'],
    '°': ['Grad', 'Grad'],
    h: ['Stunde', 'Stunden'],
    min: ['Minute', 'Minuten'],
    Min: ['Minute', 'Minuten'],
    Std: ['Stunde', 'Stunden'],
    s: ['Sekunde', 'Sekunden'],
    MB: ['Megabyte', 'Megabyte'],
    GB: ['Gigabyte', 'Gigabyte'],
    TB: ['Terabyte', 'Terabyte'],
    W: ['Watt', 'Watt'],
    kW: ['Kilowatt', 'Kilowatt'],
    kWh: ['Kilowattstunde', 'Kilowattstunden'],
  },
  fractions: {
    '½': 'ein halb',
    '⅓': 'ein Drittel',
    '⅔': 'zwei Drittel',
    '¼': 'ein Viertel',
    '¾': 'drei Viertel',
    '⅛': 'ein Achtel',
  },
  andFraction: '',
  abbreviations: words(
    'dr prof hr fr frl z.b d.h u.a o.ä usw bzw ca nr str tel inkl zzgl evtl ggf max min vgl st abs art jan feb apr aug sept sep okt nov dez mo di mi do fr sa so',
  ),
  expansions: {
    'z.B.': 'zum Beispiel',
    'z. B.': 'zum Beispiel',
    'd.h.': 'das heißt',
    'd. h.': 'das heißt',
    'u.a.': 'unter anderem',
    'usw.': 'und so weiter',
    'bzw.': 'beziehungsweise',
    'ca.': 'circa',
    'Nr.': 'Nummer',
    'inkl.': 'inklusive',
    'zzgl.': 'zuzüglich',
    'evtl.': 'eventuell',
    'ggf.': 'gegebenenfalls',
    'Tel.': 'Telefon',
  },
  hasOrdinalStop: true,
  joints: words('und oder aber denn weil dass wenn ob bis bei mit ohne für von zu nach vor in an auf um als'),
  leans: words(
    'der die das den dem des ein eine einen einem einer ich du er sie es wir ihr und oder aber in an auf bei mit für von zu im am zum zur nicht sehr ist sind mein ihr unser',
  ),
};
