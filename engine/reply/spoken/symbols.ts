import { anyOf, closedAs, ENDS, type Rule, type RulesOf, STARTS } from './rule.ts';

/** Short forms that are said in full. */
export const shortFormRules: RulesOf = ({ expansions }) => [
  {
    pattern: new RegExp(`${STARTS}(?:${anyOf(Object.keys(expansions))})${ENDS}`, 'gu'),
    say: ({ text, after }) => closedAs(text, expansions[text] ?? '', after),
  },
];

/** A stroke before what an amount is for. */
const PER = new RegExp(
  `\\/(?=(?:${anyOf(
    'month mo week wk day year yr hour hr minute min second night person user kg km GB Monat Tag Woche Jahr Stunde Nacht Person mois jour an semaine heure personne mes día semana año hora persona mese giorno settimana anno ora notte mês dia ano pessoa noite maand dag jaar uur persoon nacht महीने दिन'.split(
      ' ',
    ),
  )})${ENDS})`,
  'gu',
);

/** Symbols that have a name. */
export const symbolRules: RulesOf = ({ words }) => {
  const said = (pattern: RegExp, word: string): Rule => ({ pattern, say: () => ` ${word} ` });
  return [
    { pattern: /[#№](?=\s?\d)/gu, say: () => ` ${words.number} ` },
    { pattern: /[~≈](?=\s?[$€£₹]?\d)/gu, say: () => ` ${words.about} ` },
    said(/&/gu, words.and),
    said(/@/gu, words.at),
    said(/(?<=[\p{L}\p{N})]\s?)\+(?=\s?[\p{L}\p{N}(])/gu, words.plus),
    said(/\+(?=\s?\d)/gu, words.plus),
    said(/=+/gu, words.equals),
    said(/×/gu, words.times),
    said(/÷/gu, words.divided),
    said(/(?<=\s)[<≤](?=\s)/gu, words.less),
    said(/(?<=\s)[>≥](?=\s)/gu, words.more),
    said(/(?<=\d\s?)\/(?=\s?\d)/gu, words.slash),
    said(PER, words.per),
    { pattern: /\//gu, say: () => ' ' },
    said(/°/gu, words.degrees),
    said(/%/gu, words.percent),
  ];
};

const NOISE = '[*_`#~|<>[\\]{}\\\\^•·→←↑↓■□▪▫●○◦†‡§¶]';
const AFTER_WORD = new RegExp(`[\\p{L}\\p{N}]${NOISE}*$`, 'u');
const BEFORE_WORD = new RegExp(`^${NOISE}*[\\p{L}\\p{N}]`, 'u');

/** What no voice should be given in any language: it is left out, or parts two words. */
export const RESIDUE: Rule = {
  pattern: new RegExp(NOISE, 'gu'),
  say: ({ before, after }) => (AFTER_WORD.test(before) && BEFORE_WORD.test(after) ? ' ' : ''),
};
