import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from './journal-source.ts';

/** A journal that nobody has said to be shipped to its end. */
export interface Leftover {
  readonly file: string;
  /** Numbers of the owners beside it. */
  readonly claims: readonly number[];
}

/** Looks for journals that were not shipped to their end. A month in which nothing changed is not read again. */
export type FindLeftovers = () => Promise<readonly Leftover[]>;

/** Times of folders are at least as fine on the file systems in use; what changed so short before may change unseen. */
const TIME_GRAIN_MS = 2_000;

export function createFindLeftovers(dataDir: string, wallClockMs: () => number): FindLeftovers {
  /** Folders without any, by the time of their last change. */
  const done = new Map<string, number>();

  const inMonth = async (folder: string): Promise<readonly Leftover[]> => {
    const { mtimeMs } = await stat(folder);
    if (done.get(folder) === mtimeMs) return [];
    const found = leftoversAmong(folder, await readdir(folder));
    const isSettled = wallClockMs() - mtimeMs > TIME_GRAIN_MS;
    if (found.length === 0 && isSettled) done.set(folder, mtimeMs);
    return found;
  };

  return async () => {
    const recordings = path.join(dataDir, 'recordings');
    const found: Leftover[] = [];
    for (const year of await foldersIn(recordings))
      for (const month of await foldersIn(year)) found.push(...(await inMonth(month)));
    return found;
  };
}

const OWNER = /^(?<journal>.+\.ndjson)\.owner-(?<claim>[1-9][0-9]*)$/;

function leftoversAmong(folder: string, names: readonly string[]): readonly Leftover[] {
  const claims = new Map<string, number[]>();
  for (const name of names) {
    const { journal, claim } = OWNER.exec(name)?.groups ?? {};
    if (journal === undefined) continue;
    claims.set(journal, [...(claims.get(journal) ?? []), Number(claim)]);
  }
  const shipped = new Set(names.filter((name) => name.endsWith('.ndjson.shipped')));
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .filter((name) => claims.has(name) || !shipped.has(`${name}.shipped`))
    .sort()
    .map((name) => ({
      file: path.join(folder, name),
      claims: (claims.get(name) ?? []).sort((a, b) => a - b),
    }));
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
