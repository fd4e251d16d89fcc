import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

export const processMarkSchema = z.object({
  pid: z.number().int().positive(),
  /** When it started, in the kernel's own count: tells it from a later one of the same number. Null outside Linux. */
  startedAt: z.string().nullable(),
  /** Where its number means something: this start of this machine, this namespace of processes. */
  place: z.string(),
});
/** Says which process did something, for those that come after it. */
export type ProcessMark = z.infer<typeof processMarkSchema>;

/** Whether the process of a mark lives; `unknown` where its number means nothing here. */
export type IsAlive = (mark: ProcessMark) => boolean | 'unknown';

export function markThisProcess(): ProcessMark {
  const { pid } = process;
  return { pid, startedAt: startOf(pid) ?? null, place: thisPlace() };
}

export function isAlive(mark: ProcessMark): ReturnType<IsAlive> {
  if (mark.place !== thisPlace()) return 'unknown';
  if (mark.startedAt !== null) return startOf(mark.pid) === mark.startedAt;
  try {
    process.kill(mark.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function thisPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** Undefined where there is no such process, where it is dead and not yet buried, and where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before may hold anything; then follow the state and, as the twentieth, the start. Source: proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
