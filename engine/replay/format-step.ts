import type { StoredCommand, StoredStep } from './read-journal.ts';

/** An instant of the call clock for people: seconds to the millisecond. */
export function formatSeconds(atMs: number): string {
  return `${(atMs / 1_000).toFixed(3)} s`;
}

/** One line of a timeline: when, and what happened. */
export function formatEvent({ atMs, type, event }: StoredStep): string {
  const words = event === null ? ' (this engine knows no such event)' : formatData(event.data);
  return `${formatSeconds(atMs).padStart(12)}  ${type}${words}`;
}

export function formatCommand({ type, data }: StoredCommand): string {
  return `${type}${formatData(data)}`;
}

/** The values of an event or a command, shortest way: `replyId r1.2, text "Hello."`. */
function formatData(data: unknown): string {
  if (typeof data !== 'object' || data === null) return data === undefined ? '' : ` ${JSON.stringify(data)}`;
  const values = Object.entries(data).map(([key, value]) => {
    const isName = typeof value === 'string' && /^[\w.-]+$/.test(value) && key !== 'text';
    return `${key} ${isName ? value : JSON.stringify(value)}`;
  });
  return values.length === 0 ? '' : `  ${values.join(', ')}`;
}
