import type { CallCommand } from '@parley/contracts/call-event';
import type { StoredCommand } from './read-journal.ts';

/** Commands as a journal would give them back: without what JSON does not hold (-0, keys of undefined). */
export function asStored(commands: readonly CallCommand[]): readonly StoredCommand[] {
  return JSON.parse(JSON.stringify(commands.map(({ type, data }) => ({ type, data }))));
}

/** One value of two commands that is not the same; `path` from the command, as `data.text`. */
export interface ValueDifference {
  readonly path: string;
  readonly stored: unknown;
  readonly now: unknown;
}

/** Where two values of JSON differ; the order of keys does not count. */
export function differencesOf(stored: unknown, now: unknown, path = ''): readonly ValueDifference[] {
  if (isRecord(stored) && isRecord(now)) {
    const keys = new Set([...Object.keys(stored), ...Object.keys(now)]);
    return [...keys].flatMap((key) =>
      differencesOf(own(stored, key), own(now, key), path === '' ? key : `${path}.${key}`),
    );
  }
  return Object.is(stored, now) ? [] : [{ path, stored, now }];
}

/** Lists too: their keys are their indices. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
