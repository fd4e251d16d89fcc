import { spokenLanguageOf } from './spoken/languages.ts';

/** Marks that may stand between the end of a sentence and the next space. */
const CLOSING = `["'”’»)\\]*_~\`]*`;
const END_AND_SPACE = new RegExp(`[.!?…]+${CLOSING}\\s$`, 'u');
const ONE_STOP_AND_SPACE = new RegExp(`[^.!?…]\\.${CLOSING}\\s$`, 'u');
const WIDE_END = /[。！？।]+[」』）】"'”’»)*_]*$/u;

/** Abbreviations of many languages; a language's own stand in its file. Without the last full stop, in lower case. */
const COMMON_ABBREVIATIONS: ReadonlySet<string> = new Set([
  'dr',
  'prof',
  'st',
  'vs',
  'etc',
  'tel',
  'ca',
  'nr',
]);

/** Whether the text, whose last character is the newest, has just come to the end of a sentence that a space follows. */
export function endsSentence(text: string, language: string): boolean {
  if (!END_AND_SPACE.test(text)) return false;
  if (!ONE_STOP_AND_SPACE.test(text)) return /[\p{L}\p{N}]/u.test(text);
  const before = text.slice(0, text.lastIndexOf('.'));
  return /[\p{L}\p{N}]/u.test(before) && !isAbbreviated(before, language);
}

/** Short forms that may stand last in a sentence. */
const LAST_SHORT_FORM = new RegExp(
  `(?:^|[^\\p{L}.])(?:[aApP]\\.[mM]|etc|[Ii]nc|[Ll]td|[Cc]orp|usw|ecc|enz)\\.${CLOSING}\\s(?=\\p{Lu}\\S*\\s$)`,
  'u',
);

/** A short form ends the sentence where a capital follows: the place of that word, once it is whole, or 0. */
export function endBeforeCapital(text: string): number {
  const end = LAST_SHORT_FORM.exec(text);
  return end === null ? 0 : end.index + end[0].length;
}

/** Where scripts put no space after a sentence: the text ends in the end of one. */
export function endsWideSentence(text: string): boolean {
  return WIDE_END.test(text);
}

/** Whether a full stop after this text belongs to its last word, as in "Dr.", "a.m.", "J." or the German "3.". */
export function isAbbreviated(before: string, language: string): boolean {
  const spoken = spokenLanguageOf(language);
  const word = /[\p{L}\p{M}.]+$/u.exec(before)?.[0].toLowerCase() ?? '';
  if (word !== '' && (COMMON_ABBREVIATIONS.has(word) || spoken?.abbreviations.has(word))) return true;
  // An initial, or "z. B."; but "I." ends a sentence.
  if (/(?:^|[^\p{L}\p{N}])\p{L}$/u.test(before) && !/(?:^|\s)I$/.test(before)) return true;
  if (/(?:^|[^\p{L}])\p{L}(?:\.\s?\p{L})+$/u.test(before)) return true;
  const number = /(?:^|[^\p{L}\d.,:/-])\d{1,2}$/u.exec(before);
  if (number === null) return false;
  // The number of an entry in a list stands alone at its beginning.
  return (spoken?.hasOrdinalStop ?? false) || /^[\s*_>-]*\d{1,2}$/.test(before);
}
