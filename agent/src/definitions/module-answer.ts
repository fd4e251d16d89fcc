import type { Position } from './definition-fault.ts';
import type { NotPlain } from './plain-data.ts';

/** What the thread that runs a module tells of it. */
export type ModuleAnswer = {
  /** The module and every file that it imported from outside node_modules, as absolute paths. */
  readonly files: readonly string[];
} & (
  | { readonly kind: 'exported'; readonly value: unknown; readonly notPlain: readonly NotPlain[] }
  | { readonly kind: 'exportedNothing' }
  | { readonly kind: 'threw'; readonly message: string; readonly at: Position | null }
);
