import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Doc, docOf, readConstants } from './doc-comments.ts';
import { DocsError } from './docs-error.ts';

/** A number of the engine that no setting changes. */
export interface ConstantRow extends Doc {
  /** File and constant, for example `interruption.HOLD.longestMs`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Where the numbers of turn-taking stand, in the order in which a turn meets them. */
const FILES = [
  'engine/vad/speech-gate.ts',
  'engine/turn/interruption.ts',
  'engine/turn/patience.ts',
  'engine/turn/echo.ts',
  'engine/turn/end-of-turn.ts',
  'engine/turn/deaf-recogniser.ts',
  'engine/call/settings.ts',
];

/** Throws a `DocsError` where a number has no comment. */
export function constantRows(root: string): readonly ConstantRow[] {
  return FILES.flatMap((file) =>
    readConstants(readFileSync(join(root, file), 'utf8')).flatMap((constant) => {
      const group = docOf(constant.comment).source;
      const members = constant.members.map(({ path, ...rest }) => ({
        ...rest,
        name: `${constant.name}.${path}`,
      }));
      return [constant, ...members].flatMap(({ name, comment, code }) => {
        const [, digits] = /^([\d_.]+)[;,]$/.exec(code) ?? [];
        if (digits === undefined) return [];
        if (comment === '')
          throw new DocsError('comment_missing', `${file}: ${name} needs a comment that says what it is.`);
        const doc = docOf(comment);
        const value = Number(digits.replaceAll('_', ''));
        const source = doc.source === '' ? group : doc.source;
        return [{ ...doc, source, name: `${basename(file, '.ts')}.${name}`, value, unit: unitOf(name) }];
      });
    }),
  );
}

/** Names of numbers tell their unit. */
function unitOf(name: string): string {
  if (/(_MS|Ms)$/.test(name)) return 'ms';
  return /(FRAMES|WORDS|HOLDS)/.exec(name)?.[1]?.toLowerCase() ?? '';
}
