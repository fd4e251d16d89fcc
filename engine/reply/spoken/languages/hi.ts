import { toCardinal, toOrdinal } from 'n2words/hi-IN';
import { type SpokenLanguage, words } from '../language.ts';

const MONTHS = [
  'जनवरी',
  'फ़रवरी',
  'मार्च',
  'अप्रैल',
  'मई',
  'जून',
  'जुलाई',
  'अगस्त',
  'सितंबर',
  'अक्टूबर',
  'नवंबर',
  'दिसंबर',
];

export const hi: SpokenLanguage = {
  cardinal: (whole) => toCardinal(whole),
  decimalMark: '.',
  fractionAs: 'digits',
  words: {
    point: 'दशमलव',
    minus: 'ऋण',
    plus: 'प्लस',
    percent: 'प्रतिशत',
    and: 'और',
    at: 'ऐट',
    dot: 'डॉट',
    slash: 'स्लैश',
    dash: 'डैश',
    underscore: 'अंडरस्कोर',
    equals: 'बराबर',
    times: 'गुणा',
    divided: 'भाग',
    less: 'से कम',
    more: 'से ज़्यादा',
    about: 'लगभग',
    number: 'नंबर',
    per: 'प्रति',
    degrees: 'डिग्री',
    to: 'से',
  },
  currencies: {
    USD: { one: 'एक डॉलर', many: 'डॉलर', minorOne: 'एक सेंट', minorMany: 'सेंट' },
    EUR: { one: 'एक यूरो', many: 'यूरो', minorOne: 'एक सेंट', minorMany: 'सेंट' },
    GBP: { one: 'एक पाउंड', many: 'पाउंड', minorOne: 'एक पेंस', minorMany: 'पेंस' },
    JPY: { one: 'एक येन', many: 'येन' },
    INR: { one: 'एक रुपया', many: 'रुपये', minorOne: 'एक पैसा', minorMany: 'पैसे' },
    CHF: { one: 'एक फ़्रैंक', many: 'फ़्रैंक', minorOne: 'एक सेंटीम', minorMany: 'सेंटीम' },
    BRL: { one: 'एक रियाल', many: 'रियाल', minorOne: 'एक सेंटावो', minorMany: 'सेंटावो' },
  },
  money: (major, minor) => `${major} ${minor}`,
  scales: { names: ['हज़ार', 'हजार', 'लाख', 'करोड़', 'मिलियन', 'बिलियन'], before: () => '' },
  one: () => 'एक',
  zeroIsSingular: false,
  months: MONTHS,
  shortMonths: { फरवरी: 2, फ़रवरी: 2, सितम्बर: 9, अक्तूबर: 10, नवम्बर: 11, दिसम्बर: 12 },
  isMonthFirst: false,
  date: ({ day, month, year }) => {
    const said = `${day === 1 ? 'पहली' : toCardinal(day)} ${MONTHS[month - 1] ?? ''}`;
    return year === null ? said : `${said} ${toCardinal(year)}`;
  },
  year: (year) => toCardinal(year),
  times: [
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4]):(?<minutes>[0-5]\d)(?:\s?बजे(?!\p{L}))?(?![\d:])/gu,
    /(?<![\p{L}\d:.,])(?<hours>[01]?\d|2[0-4])\s?बजे(?!\p{L})/gu,
  ],
  time: ({ hours, minutes }) =>
    minutes === 0 ? `${toCardinal(hours)} बजे` : `${toCardinal(hours)} बजकर ${toCardinal(minutes)} मिनट`,
  ordinals: /(?<![\p{L}\d.,])(?<number>\d{1,3})(?<mark>ला|ली|रा|री|था|थी|वाँ|वां|वीं|वें)(?!\p{L})/gu,
  ordinal: (number, mark) =>
    /[ीं]$/u.test(mark) && mark.includes('ी')
      ? toOrdinal(number).replace(/ा$/u, 'ी').replace(/ाँ$/u, 'ीं')
      : toOrdinal(number),
  units: {
    km: ['किलोमीटर', 'किलोमीटर'],
    m: ['मीटर', 'मीटर'],
    cm: ['सेंटीमीटर', 'सेंटीमीटर'],
    'km/h': ['किलोमीटर प्रति घंटा', 'किलोमीटर प्रति घंटा'],
    kg: ['किलो', 'किलो'],
    g: ['ग्राम', 'ग्राम'],
    l: ['लीटर', 'लीटर'],
    ml: ['मिलीलीटर', 'मिलीलीटर'],
    '°C': ['डिग्री सेल्सियस', 'डिग्री सेल्सियस'],
    '°': ['डिग्री', 'डिग्री'],
    min: ['मिनट', 'मिनट'],
    GB: ['जीबी', 'जीबी'],
    MB: ['एमबी', 'एमबी'],
  },
  fractions: { '½': 'आधा', '⅓': 'एक तिहाई', '⅔': 'दो तिहाई', '¼': 'एक चौथाई', '¾': 'तीन चौथाई' },
  andFraction: 'और',
  abbreviations: words('डॉ श्री प्रो रु सं'),
  expansions: { 'डॉ.': 'डॉक्टर', 'रु.': 'रुपये' },
  hasOrdinalStop: false,
  joints: words('और या लेकिन क्योंकि कि जब जहाँ अगर तो पर में से के'),
  leans: words('एक यह वह मेरा आपका का की के को ने और या न नहीं बहुत'),
};
