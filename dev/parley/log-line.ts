/** Numbers of pino's levels from which on a person should hear of a line. */
const WARN = 40;
const ERROR = 50;

/** What a person should hear of a line that a process logged as JSON, or null. */
export function noticeOfLine(process: string, line: string): string | null {
  const record = parseRecord(line);
  if (record === null || typeof record.msg !== 'string') return null;
  const level = levelOf(record.level);
  if (level === null) return null;
  const cause = messageOf(record.err) ?? messageOf(record.error);
  return `${process} ${level}: ${record.msg}${cause === null ? '' : ` (${cause})`}`;
}

function levelOf(level: unknown): 'warns' | 'error' | null {
  if (typeof level !== 'number' || level < WARN) return null;
  return level >= ERROR ? 'error' : 'warns';
}

function messageOf(error: unknown): string | null {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? error.message : null;
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}
