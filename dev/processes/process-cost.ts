import { readFileSync } from 'node:fs';

/** Length of a clock tick of Linux's /proc, in ms: 100 a second on every platform that Node runs on. */
const TICK_MS = 10;

/** Processor time of a process so far, in ms, with that of its children that have ended; 0 for one that is gone. */
export function cpuMsOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The name before them may hold anything: from the state on, fields 14 to 17 of proc(5) are 11 to 14.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field] ?? 0), 0) * TICK_MS;
}

/** Memory of a process, in bytes; what it shares with others counts by its share. 0 for one that is gone. */
export function memoryBytesOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended in between.
    return '';
  }
}
