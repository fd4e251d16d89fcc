import { readdirSync, readFileSync } from 'node:fs';

/** These processes and whoever they started, as Linux's /proc knows them now. */
export function withDescendants(pids: readonly number[]): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(Number(name), parent);
  }
  const found = new Set(pids);
  let size = 0;
  while (size !== found.size) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Whether a process runs; one that ended and was not waited for does not. */
export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && !/^[ZX]/.test(stat);
}

function parentOf(pid: number): number | null {
  const [, parent] = readStat(pid)?.split(' ') ?? [];
  return parent === undefined ? null : Number(parent);
}

/** State and what follows it: the name before them may hold anything. */
function readStat(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2);
  } catch {
    // It has ended in between.
    return null;
  }
}
