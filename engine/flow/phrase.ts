import { wordsOf } from '../turn/draft.ts';

/**
 * A phrase as a script writes it, parsed: what may be said, one part after the other.
 * `what are your [opening] (hours | times) [on <day>]`
 */
export type Phrase = readonly PhrasePart[];

export type PhrasePart =
  /** Lower case, without punctuation; an apostrophe or a hyphen within the word stays. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'optional'; readonly phrase: Phrase }
  | { readonly kind: 'choice'; readonly phrases: readonly Phrase[] };

/** A phrase is not in the notation. `at` is the place in its text, in UTF-16 code units. */
export class PhraseError extends Error {
  override readonly name = 'PhraseError';
  readonly code: 'unclosed' | 'unexpected' | 'empty';
  readonly at: number;
  constructor(code: PhraseError['code'], message: string, at: number) {
    super(message);
    this.code = code;
    this.at = at;
  }
}

const CLOSER_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/** Throws PhraseError for a bracket without its other half, and for a phrase that nobody would have to say. */
export function parsePhrase(text: string): Phrase {
  const tokens = [...text.matchAll(/[()[\]|]|<[^<>]*>|[^()[\]|<>\s]+|[<>]/g)].map((match) => ({
    text: match[0],
    at: match.index,
  }));
  let next = 0;

  const choice = (opener: { text: string; at: number } | null): Phrase => {
    const phrases: PhrasePart[][] = [[]];
    for (;;) {
      const token = tokens[next];
      if (token === undefined) {
        if (opener)
          throw new PhraseError('unclosed', `"${opener.text}" is not closed in "${text}"`, opener.at);
        break;
      }
      next++;
      if (token.text === '|') phrases.push([]);
      else if (opener && token.text === CLOSER_OF[opener.text]) break;
      else phrases.at(-1)?.push(...part(token));
    }
    const [only] = phrases;
    if (only === undefined || phrases.length === 1) return only ?? [];
    const empty = phrases.find((phrase) => phrase.length === 0);
    if (empty) throw new PhraseError('empty', `"|" has nothing beside it in "${text}"`, opener?.at ?? 0);
    return [{ kind: 'choice', phrases }];
  };

  const part = (token: { text: string; at: number }): readonly PhrasePart[] => {
    if (token.text === '(') return choice(token);
    if (token.text === '[') {
      const phrase = choice(token);
      if (phrase.length === 0)
        throw new PhraseError('empty', `nothing is within "[]" in "${text}"`, token.at);
      return [{ kind: 'optional', phrase }];
    }
    if (/^<.+>$/.test(token.text)) return [{ kind: 'slot', name: token.text.slice(1, -1).trim() }];
    if (/[()[\]<>]/.test(token.text))
      throw new PhraseError('unexpected', `"${token.text}" is not expected in "${text}"`, token.at);
    return wordsOf(token.text).map((word) => ({ kind: 'word', text: word }));
  };

  const phrase = choice(null);
  if (canBeEmpty(phrase)) throw new PhraseError('empty', `"${text}" could be said without a word`, 0);
  return phrase;
}

function canBeEmpty(phrase: Phrase): boolean {
  return phrase.every((part) => {
    switch (part.kind) {
      case 'word':
      case 'slot':
        return false;
      case 'optional':
        return true;
      case 'choice':
        return part.phrases.some(canBeEmpty);
    }
  });
}

/** Every word that the phrase itself holds, those of its slots left out. */
export function wordsInPhrase(phrase: Phrase): readonly string[] {
  return phrase.flatMap((part): readonly string[] => {
    switch (part.kind) {
      case 'word':
        return [part.text];
      case 'slot':
        return [];
      case 'optional':
        return wordsInPhrase(part.phrase);
      case 'choice':
        return part.phrases.flatMap(wordsInPhrase);
    }
  });
}

/** The phrase in the notation of a JSGF rule; `ruleOf` names the rule of a slot. */
export function toJsgf(phrase: Phrase, ruleOf: (slot: string) => string): string {
  return phrase
    .map((part) => {
      switch (part.kind) {
        case 'word':
          return part.text;
        case 'slot':
          return `<${ruleOf(part.name)}>`;
        case 'optional':
          return `[ ${toJsgf(part.phrase, ruleOf)} ]`;
        case 'choice':
          return `( ${part.phrases.map((option) => toJsgf(option, ruleOf)).join(' | ')} )`;
      }
    })
    .join(' ');
}
