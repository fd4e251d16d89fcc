import { defineAgent } from '@parley/contracts/parley';
import { createJiti } from 'jiti';
import { openThreadPort } from '../runtime/thread.ts';
import type { Position } from './definition-fault.ts';
import type { ModuleAnswer } from './module-answer.ts';
import { plainData } from './plain-data.ts';

/*
 * Runs one agent file in TypeScript and tells what it exports. In a thread of its own, since what it does is not ours:
 * it may never end, leave, or fill the memory, and nothing of it stays behind when it is loaded again.
 */
const { data, post } = openThreadPort<never, ModuleAnswer>();
const file = String(data);
// The file's folder needs no node_modules: what it imports as `parley` is here.
const jiti = createJiti(file, {
  fsCache: false,
  interopDefault: false,
  virtualModules: { parley: { defineAgent } },
});

post({ ...(await run()), files: [file, ...Object.keys(jiti.cache).filter(isOurs)] });

type Outcome = ModuleAnswer extends infer A ? (A extends ModuleAnswer ? Omit<A, 'files'> : never) : never;

async function run(): Promise<Outcome> {
  try {
    const exported = await jiti.import<{ readonly default?: unknown }>(file);
    if (exported.default === undefined) return { kind: 'exportedNothing' };
    const { value, faults } = plainData(exported.default);
    return { kind: 'exported', value, notPlain: faults };
  } catch (error) {
    return { kind: 'threw', ...thrown(error) };
  }
}

function isOurs(path: string): boolean {
  return path !== file && !/[\\/]node_modules[\\/]/.test(path);
}

/** What was thrown, and where in the file: jiti keeps the lines of the source. */
function thrown(error: unknown): { readonly message: string; readonly at: Position | null } {
  if (!(error instanceof Error)) return { message: String(error), at: null };
  const [firstLine = ''] = error.message.split('\n');
  const message = firstLine.trim().replace(/^ParseError: /, 'is not sound TypeScript: ');
  const isSyntax = message !== firstLine.trim();
  const places = `${error.message}\n${error.stack ?? ''}`;
  const after = places.split(`${file}:`)[1];
  const [, line, column] = /^(\d+):(\d+)/.exec(after ?? '') ?? [];
  if (line === undefined || column === undefined) return { message, at: null };
  // A stack's columns are those of the compiled text; the parser's are of the source, counted from 0.
  return { message, at: { line: Number(line), column: isSyntax ? Number(column) + 1 : 1 } };
}
