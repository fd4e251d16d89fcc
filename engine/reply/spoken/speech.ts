import { addressRules } from './addresses.ts';
import { calendarRules } from './calendar.ts';
import type { SpokenLanguage } from './language.ts';
import { spokenLanguageOf } from './languages.ts';
import { moneyRules } from './money.ts';
import { quantityRules } from './quantities.ts';
import type { Rule } from './rule.ts';
import { RESIDUE, shortFormRules, symbolRules } from './symbols.ts';

/**
 * A segment as it is written and as it is said: "$5" and "five dollars". The voice is given what is said, and all that
 * tells of played positions counts in it: word marks, `playoutProgressed`. Conversation, captions and record keep what
 * is written, of which as much was heard as was said.
 */
export interface Speech {
  readonly written: string;
  readonly spoken: string;
  /** Where the two differ, in order; elsewhere they are the same, character by character. */
  readonly changes: readonly Change[];
}

/** Places in UTF-16 code units. */
interface Change {
  readonly writtenStart: number;
  readonly writtenEnd: number;
  readonly spokenStart: number;
  readonly spokenEnd: number;
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly said: string;
}

/** `written` is free of markup. `language`: BCP 47 tag; in one without a file here symbols are left out, no more. */
export function speechOf(written: string, language: string): Speech {
  const known = spokenLanguageOf(language);
  const found = findAll(written, [...(known === undefined ? [] : rulesOf(known)), RESIDUE]);
  const changes: Change[] = [];
  let spoken = '';
  let at = 0;
  for (const { start, end, said } of found) {
    spoken += written.slice(at, start);
    const spokenStart = spoken.length;
    spoken += spacedBetween(spoken, said, written.slice(end));
    // Of two spaces around what is left out one goes with it.
    const isGap =
      spokenStart === spoken.length && /(?:^|\s)$/u.test(spoken) && /\s/u.test(written.charAt(end));
    at = isGap ? end + 1 : end;
    changes.push({ writtenStart: start, writtenEnd: at, spokenStart, spokenEnd: spoken.length });
  }
  spoken = (spoken + written.slice(at)).trimEnd();
  return { written, spoken, changes: changes.map((change) => within(change, spoken.length)) };
}

function within({ writtenStart, writtenEnd, spokenStart, spokenEnd }: Change, length: number): Change {
  return {
    writtenStart,
    writtenEnd,
    spokenStart: Math.min(spokenStart, length),
    spokenEnd: Math.min(spokenEnd, length),
  };
}

/** How much of what is written was said by the time that so much of the speech was: a converted number counts as a whole. */
export function writtenLength({ written, spoken, changes }: Speech, spokenLength: number): number {
  if (spokenLength >= spoken.length) return written.length;
  let offset = 0;
  for (const change of changes) {
    if (spokenLength < change.spokenEnd) {
      return spokenLength <= change.spokenStart ? spokenLength + offset : change.writtenStart;
    }
    offset = change.writtenEnd - change.spokenEnd;
  }
  return spokenLength + offset;
}

/** What is said, parted from words around it, and with no space too many. */
function spacedBetween(before: string, said: string, after: string): string {
  const start = before === '' || /\s$/u.test(before) ? said.trimStart() : said;
  const inner = after === '' || /^[\s.,;:!?)]/u.test(after) ? start.trimEnd() : start;
  const opening = WORD_ENDS.test(before) && WORD_STARTS.test(inner) ? ' ' : '';
  const closing = WORD_ENDS.test(inner) && WORD_STARTS.test(after) ? ' ' : '';
  return `${opening}${inner}${closing}`;
}

const WORD_ENDS = /[\p{L}\p{M}\p{N}]$/u;
const WORD_STARTS = /^[\p{L}\p{M}\p{N}]/u;

const RULES = new WeakMap<SpokenLanguage, readonly Rule[]>();

function rulesOf(language: SpokenLanguage): readonly Rule[] {
  const known = RULES.get(language);
  if (known !== undefined) return known;
  // What is more special comes first: a place in the text belongs to the first rule that says it.
  const rules = [addressRules, calendarRules, moneyRules, shortFormRules, quantityRules, symbolRules].flatMap(
    (make) => make(language),
  );
  RULES.set(language, rules);
  return rules;
}

function findAll(text: string, rules: readonly Rule[]): readonly Found[] {
  const found: Found[] = [];
  for (const { pattern, say } of rules) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const [start, end] = [match.index, match.index + match[0].length];
      const taken = found.find((other) => start < other.end && other.start < end);
      if (taken !== undefined) {
        pattern.lastIndex = taken.end;
        continue;
      }
      const groups = match.groups ?? {};
      const said = say({ text: match[0], groups, before: text.slice(0, start), after: text.slice(end) });
      if (said !== null && said !== match[0]) found.push({ start, end, said });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
