/** What a doc comment says, taken apart by the words with which it says it. */
export interface Doc {
  /** Everything else. */
  readonly meaning: string;
  /** Sentences that begin with "Range" or "Default". */
  readonly bounds: string;
  /** What follows "Source:". */
  readonly source: string;
}

/** A key of an object in a source file: its comment, and its code up to the next key. */
export interface Member {
  readonly path: string;
  readonly comment: string;
  code: string;
}

/** A constant of a source file. */
export interface Constant {
  readonly name: string;
  readonly comment: string;
  /** The first line of its value. */
  readonly code: string;
  readonly members: Member[];
}

const SENTENCE_END = /(?<=[.:]) +(?=[A-Z`])/;

export function docOf(comment: string): Doc {
  const [told = '', source = ''] = comment.split(/\s*Source: /);
  const sentences = told.split(SENTENCE_END);
  const isBounds = (sentence: string) => /^(Range|Default)\b/.test(sentence);
  return {
    meaning: sentences.filter((sentence) => !isBounds(sentence)).join(' '),
    bounds: sentences.filter(isBounds).join(' '),
    source: source.replace(/\.$/, ''),
  };
}

/**
 * Reads the constants of a source file with their comments, one line after the other: it trusts that the file is formatted
 * as Biome formats.
 */
export function readConstants(source: string): readonly Constant[] {
  const constants: Constant[] = [];
  let constant: Constant | null = null;
  let open: { readonly indent: number; readonly member: Member }[] = [];
  let comment: string[] = [];
  let isInComment = false;
  for (const line of source.split('\n')) {
    if (isInComment || /^\s*\/\*\*/.test(line)) {
      comment = isInComment ? comment : [];
      comment.push(line.replace(/^\s*(\/\*\*|\*(?!\/))?\s?/, '').replace(/\s*\*\/$/, ''));
      isInComment = !line.includes('*/');
      continue;
    }
    const text = comment.join(' ').trim();
    const [, name, code = ''] = /^(?:export )?const (\w+) = (.*)$/.exec(line) ?? [];
    const [, indent = '', key, value = ''] = /^( +)(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      constant = { name, comment: text, code, members: [] };
      constants.push(constant);
      open = [];
    } else if (/^[\w}]/.test(line)) {
      constant = null;
      open = [];
    } else if (key !== undefined && constant !== null) {
      open = open.filter((outer) => outer.indent < indent.length);
      const outer = open.at(-1)?.member.path;
      const member = { path: outer === undefined ? key : `${outer}.${key}`, comment: text, code: value };
      constant.members.push(member);
      open.push({ indent: indent.length, member });
    } else {
      const last = open.at(-1)?.member;
      if (last !== undefined) last.code += line.trim();
    }
    comment = [];
  }
  return constants;
}
