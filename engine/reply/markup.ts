/** A join of two pictures goes with them; elsewhere it shapes letters, as in Hindi. */
const EMOJI =
  /\s?(?:\u200D?\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u{E0020}-\u{E007F}]|\uFE0E|\uFE0F|\u20E3)+(?<next>\s?[.,;:!?])?/gu;
/** What nobody sees and no voice can say. */
const INVISIBLE = /[\u200B\u2060\uFEFF\u00AD\p{Cc}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&nbsp;': ' ',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
};
/** A line that only draws: a rule, the line under a heading, the one under a table's head. */
const DRAWN_LINE = /^[\s|:*_=+~-]*$/;
const QUOTE = /^(?:\s*>)+\s?/;
const HEADING = /^\s*#{1,6}\s+/;
const BULLET = /^\s*(?:[-*+•‣◦▪]\s+(?:\[[ xX]\]\s+)?|(?=\d{1,3}[.)]\s))/u;
const ADDRESS = /:\/\/|^[^\p{L}\p{N}]*www\.|\S@\S/iu;
/** What closes a sentence, so that a line which ends in it needs nothing more. */
const CLOSED = /[.!?…:;,。！？।]["'”’»)]*$/u;

/** A piece of a model's text, and where in its line it stands. */
export interface MarkedUp {
  readonly text: string;
  readonly startsLine: boolean;
  readonly endsLine: boolean;
}

/**
 * The piece without what is only for the eye: emphasis, headings, bullets, tables, code marks, tags, emoji; of a link
 * stays its text, of an image its description. Marks need no partner, so that a piece may begin or end inside bold
 * text. Where a line was an entry of its own (a heading, a bullet, a row), a full stop takes the place of the line's end.
 * Text without markup comes back as it is, with single spaces; twice gives the same as once.
 */
export function withoutMarkup(piece: MarkedUp): string {
  let before = piece.text;
  // What is bare after one mark was taken away may be a mark again; each round leaves less.
  for (let after = unmarkLine(piece); ; after = unmarkLine({ ...piece, text: before })) {
    if (after === before) return after;
    before = after;
  }
}

function unmarkLine({ text, startsLine, endsLine }: MarkedUp): string {
  const visible = text.normalize('NFC').replace(/\s+/gu, ' ').replace(INVISIBLE, '');
  if (startsLine && endsLine && DRAWN_LINE.test(visible)) return '';
  const unquoted = startsLine ? visible.replace(QUOTE, '') : visible;
  const body = startsLine ? unquoted.replace(HEADING, '').replace(BULLET, '') : unquoted;
  const isEntry = /^\s*\|/.test(body) || body !== unquoted || (startsLine && /^\s*\d{1,3}[.)]\s/.test(body));
  const plain = unmark(startsLine ? body.replace(/^\s*(\d{1,3})\)(?=\s)/, '$1.') : body);
  return endsLine && isEntry && plain !== '' && !CLOSED.test(plain) ? `${plain}.` : plain;
}

/** The same for a whole text of perhaps many lines, in one line. */
export function plainText(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => withoutMarkup({ text: line, startsLine: true, endsLine: true }));
  return lines.filter((line) => line !== '').join(' ');
}

function unmark(text: string): string {
  return text
    .replace(/&(?:amp|nbsp|quot|apos|lt|gt|#39);/g, (entity) => ENTITIES[entity] ?? '')
    .replace(/!?\[([^\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)/g, '$1')
    .replace(/\s?(?:【[^】]*】|\[\^?\d+\])/g, '')
    .replace(/\]\([^()\s]*\)/g, '')
    .replace(/<(?:mailto:)?((?:https?:\/\/|[^<>\s@]+@)[^<>\s]+)>/gi, '$1')
    .replace(/<\/?[a-z][^<>]*>|<!--.*?-->/gi, ' ')
    .replace(EMOJI, (_, next?: string) => next?.trim() ?? ' ')
    .split(/\s+/)
    .map((word) => (ADDRESS.test(word) ? word.replace(/^[*_~`[\]|]+|[*_~`[\]|]+$/g, '') : unmarkWord(word)))
    .join(' ')
    .replace(/(\d) ?\\?\* ?(?=\d)/g, '$1 × ')
    .replace(/\\?\*+/g, '')
    .replace(/^[\s|]+|\s*\|[\s|]*$/g, '')
    .replace(/([,;:.!?]?)\s*\|[\s|]*/g, (_, end: string) => `${end || ','} `)
    .replace(/\s+/g, ' ')
    .trim();
}

function unmarkWord(word: string): string {
  return word
    .replace(/`+|~{2,}|\\(?=[^\p{L}\p{N}])|[[\]{}]/gu, '')
    .replace(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, '');
}
