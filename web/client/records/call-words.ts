import type { EndReason } from '@parley/contracts/call-event';
import type { CallSummary } from '@parley/contracts/call-record';

export const END_REASON_WORDS: Record<EndReason, string> = {
  caller_left: 'Caller hung up',
  caller_lost: 'Caller’s connection lost',
  room_closed: 'Closed by an operator',
  agent_ended: 'Agent said goodbye',
  no_caller: 'Nobody came',
  agent_failed: 'Agent failed',
  agent_lost: 'Agent was lost',
  superseded: 'Taken over',
  worker_stopped: 'Worker was stopped',
  time_limit: 'Longest time reached',
  cost_limit: 'Cost limit reached',
};

export const STATE_WORDS: Record<CallSummary['state'], string> = {
  waiting: 'Waiting',
  active: 'In progress',
  ended: 'Ended',
};

export const CHANNEL_WORDS: Record<CallSummary['channel'], string> = { web: 'Web', phone: 'Phone' };

export const DIRECTION_WORDS: Record<CallSummary['direction'], string> = {
  inbound: 'Inbound',
  outbound: 'Outbound',
};

/** The identity of a caller who gave no name, as the server makes it. */
const NAMELESS = /^caller-([0-9a-f]{6})[0-9a-f]{10}$/;

/** Who called, as a person reads it. */
export function callerWords({ caller, state }: Pick<CallSummary, 'caller' | 'state'>): string {
  const [, id] = NAMELESS.exec(caller ?? '') ?? [];
  if (id !== undefined) return `Caller ${id}`;
  return caller || (state === 'ended' ? 'Nobody' : 'Nobody yet');
}

/** How a call came to its end, or that it goes on. */
export function outcomeWords({ state, endReason }: Pick<CallSummary, 'state' | 'endReason'>): string {
  if (state !== 'ended') return STATE_WORDS[state];
  return endReason === null ? 'Ended' : END_REASON_WORDS[endReason];
}

/** Whether an end is one that nobody wished for. */
export function isTrouble(endReason: EndReason | null): boolean {
  return (
    endReason === 'agent_failed' ||
    endReason === 'agent_lost' ||
    endReason === 'caller_lost' ||
    endReason === 'worker_stopped'
  );
}

/** How long a call has lasted at `nowMs` since 1970, in ms; null where it has not begun. */
export function lastedMs(
  { state, durationMs, answeredAtMs }: Pick<CallSummary, 'state' | 'durationMs' | 'answeredAtMs'>,
  nowMs: number,
): number | null {
  if (durationMs !== null) return durationMs;
  if (state === 'ended' || answeredAtMs === null) return null;
  return Math.max(0, nowMs - answeredAtMs);
}

/** A length of time as a clock shows it: `0:07`, `1:02:03`. */
export function clockWords(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A long time in few words: `42 s`, `3.5 min`, `12 h`. */
export function spanWords(ms: number): string {
  const rounded = (value: number) => (value < 10 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0));
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${rounded(ms / 60_000)} min`;
  return `${rounded(ms / 3_600_000)} h`;
}

const INSTANT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** An instant, in ms since 1970, as the reader's own calendar and clock show it. */
export function instantWords(atMs: number): string {
  return INSTANT.format(atMs);
}
