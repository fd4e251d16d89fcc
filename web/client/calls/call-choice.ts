import { endReasonSchema } from '@parley/contracts/call-event';
import { type CallSummary, callStateSchema, callSummarySchema } from '@parley/contracts/call-record';
import { startOfDayMs } from '../runtime/calendar.ts';

/** Which calls a person asked for; a field that is empty does not choose. */
export interface CallChoice {
  /** Words that were said. */
  readonly q: string;
  readonly agent: string;
  readonly caller: string;
  readonly state: CallSummary['state'] | '';
  readonly channel: CallSummary['channel'] | '';
  readonly direction: CallSummary['direction'] | '';
  readonly endReason: NonNullable<CallSummary['endReason']> | '';
  /** First and last day, by the reader's calendar, as `2026-11-21`. */
  readonly from: string;
  readonly to: string;
}

export const everyCall: CallChoice = {
  q: '',
  agent: '',
  caller: '',
  state: '',
  channel: '',
  direction: '',
  endReason: '',
  from: '',
  to: '',
};

const { channel, direction } = callSummarySchema.shape;
/** Two days with the hour that a clock change may add. */
const TWO_DAYS_MS = 49 * 3_600_000;

/** Reads a choice from the page's address. What makes no sense there does not choose. */
export function choiceOf(query: string): CallChoice {
  const asked = new URLSearchParams(query);
  const text = (name: string) => asked.get(name)?.trim() ?? '';
  const oneOf = <Value extends string>(options: readonly Value[], name: string): Value | '' =>
    options.find((option) => option === text(name)) ?? '';
  const day = (name: string) => (startOfDayMs(text(name)) === null ? '' : text(name));
  return {
    q: text('q'),
    agent: text('agent'),
    caller: text('caller'),
    state: oneOf(callStateSchema.options, 'state'),
    channel: oneOf(channel.options, 'channel'),
    direction: oneOf(direction.options, 'direction'),
    endReason: oneOf(endReasonSchema.options, 'endReason'),
    from: day('from'),
    to: day('to'),
  };
}

/** The choice as a query of the page's address, with its question mark; empty where every call is asked for. */
export function queryOf(choice: CallChoice): string {
  const query = new URLSearchParams(Object.entries(choice).filter(([, value]) => value !== '')).toString();
  return query === '' ? '' : `?${query}`;
}

/** The choice as the API takes it: days become instants. */
export function apiQueryOf(choice: CallChoice): URLSearchParams {
  const { from, to, ...fields } = choice;
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''));
  const { fromMs, toMs } = instantsOf(choice);
  if (fromMs !== null) query.set('from', String(fromMs));
  if (toMs !== null) query.set('to', String(toMs));
  return query;
}

/**
 * Whether a call that just came up belongs to the choice. Null: only the server can tell, as words are searched in what
 * was said.
 */
export function fits(call: CallSummary, choice: CallChoice): boolean | null {
  const { fromMs, toMs } = instantsOf(choice);
  const named = call.caller?.toLowerCase() ?? '';
  const isWithin =
    (choice.agent === '' || call.agent === choice.agent) &&
    named.includes(choice.caller.toLowerCase()) &&
    (choice.state === '' || call.state === choice.state) &&
    (choice.channel === '' || call.channel === choice.channel) &&
    (choice.direction === '' || call.direction === choice.direction) &&
    (choice.endReason === '' || call.endReason === choice.endReason) &&
    (fromMs === null || call.createdAtMs >= fromMs) &&
    (toMs === null || call.createdAtMs < toMs);
  if (!isWithin) return false;
  return choice.q === '' ? true : null;
}

/** Figures of a day or two are told by the hour, those of more by the day. */
export function bucketOf(choice: CallChoice): 'hour' | 'day' {
  const { fromMs, toMs } = instantsOf(choice);
  return fromMs !== null && toMs !== null && toMs - fromMs <= TWO_DAYS_MS ? 'hour' : 'day';
}

/** From the beginning of the first day to the end of the last, in ms since 1970. */
function instantsOf({ from, to }: CallChoice): {
  readonly fromMs: number | null;
  readonly toMs: number | null;
} {
  return { fromMs: startOfDayMs(from), toMs: startOfDayMs(to, 1) };
}
