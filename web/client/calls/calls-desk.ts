import {
  type CallList,
  type CallStats,
  callListSchema,
  callStatsSchema,
  type ListedCall,
  type LiveEvent,
} from '@parley/contracts/calls-api';
import { type ApiFault, requestJson } from '../records/api-request.ts';
import type { LiveCalls, LiveLine } from '../records/live-calls.ts';
import type { Clock } from '../runtime/clock.ts';
import { apiQueryOf, bucketOf, type CallChoice } from './call-choice.ts';
import { takeNews } from './listed-calls.ts';

export type ListState =
  /** `calls` are those of the choice before, to be shown until the answer comes. */
  | { readonly phase: 'loading'; readonly calls: readonly ListedCall[] }
  | { readonly phase: 'failed'; readonly fault: ApiFault }
  | {
      readonly phase: 'ready';
      readonly calls: readonly ListedCall[];
      readonly nextCursor: string | null;
      readonly more: { readonly kind: 'idle' } | { readonly kind: 'loading' } | ApiFault;
    };

/** All that the page of calls shows; a new object at every change. */
export interface CallsView {
  readonly list: ListState;
  /** Of the choice before until those of this one come; null before the first, and where they cannot be had. */
  readonly stats: CallStats | null;
  readonly line: LiveLine;
}

/** What the page of calls is made of, from its opening to its closing. */
export interface CallsDesk {
  subscribe(listener: () => void): () => void;
  view(): CallsView;
  /** Shows those calls from now on. */
  choose(choice: CallChoice): void;
  /** Asks once more for what failed. */
  retry(): void;
  /** Loads the calls that follow the last row. */
  loadMore(): void;
  close(): void;
}

/** The figures are made anew this long after a call began or ended, in ms: calls come and go together. */
const STATS_DELAY_MS = 1_500;

class ChoiceChanged extends Error {
  override readonly name = 'ChoiceChanged';
}

/** `utcOffsetMinutes`: how far the reader's days are ahead of UTC. */
export function createCallsDesk({
  fetch,
  clock,
  choice: firstChoice,
  utcOffsetMinutes,
  followLive,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly choice: CallChoice;
  readonly utcOffsetMinutes: number;
  readonly followLive: (handlers: {
    readonly onEvent: (event: LiveEvent) => void;
    readonly onLine: (line: LiveLine) => void;
  }) => LiveCalls;
}): CallsDesk {
  const listeners = new Set<() => void>();
  let current: CallsView = { list: { phase: 'loading', calls: [] }, stats: null, line: 'connecting' };
  let choice = firstChoice;
  let asking = new AbortController();
  /** What happened while the list was asked for; null where it is not. */
  let meanwhile: LiveEvent[] | null = [];
  let cancelStats = () => {};

  const show = (change: Partial<CallsView>) => {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  };

  const ask = (cursor: string | null, signal: AbortSignal) => {
    const query = apiQueryOf(choice);
    if (cursor !== null) query.set('cursor', cursor);
    return requestJson({ fetch, path: `/api/calls?${query}`, schema: callListSchema, signal });
  };

  const askStats = async (signal: AbortSignal) => {
    const query = apiQueryOf(choice);
    query.set('utcOffsetMinutes', String(utcOffsetMinutes));
    query.set('bucket', bucketOf(choice));
    const asked = await requestJson({
      fetch,
      path: `/api/calls/stats?${query}`,
      schema: callStatsSchema,
      signal,
    });
    signal.throwIfAborted();
    // The list says what is wrong; figures that cannot be had are missing.
    show({ stats: asked.kind === 'ok' ? asked.value : null });
  };

  const load = async ({ signal }: AbortController) => {
    const asked = await ask(null, signal);
    signal.throwIfAborted();
    if (asked.kind !== 'ok') return show({ list: { phase: 'failed', fault: asked } });
    show({ list: { phase: 'ready', ...asked.value, more: { kind: 'idle' } } });
    const missed = meanwhile ?? [];
    meanwhile = null;
    for (const event of missed) hear(event);
  };

  /** Begins anew; what is under way for an earlier choice is given up. */
  const begin = () => {
    asking.abort(new ChoiceChanged());
    cancelStats();
    asking = new AbortController();
    meanwhile = [];
    load(asking).catch(ignoreGivenUp);
    askStats(asking.signal).catch(ignoreGivenUp);
  };

  const renewStats = () => {
    cancelStats();
    const { signal } = asking;
    cancelStats = clock.at(clock.nowMs() + STATS_DELAY_MS, () => askStats(signal).catch(ignoreGivenUp));
  };

  const hear = (event: LiveEvent) => {
    const { list } = current;
    meanwhile?.push(event);
    if (list.phase !== 'ready') return;
    if (event.type === 'call.started' || event.type === 'call.ended' || event.type === 'call.deleted')
      renewStats();
    const { calls, isStale } = takeNews(
      { calls: list.calls, choice, hasMore: list.nextCursor !== null },
      event,
    );
    if (isStale) return begin();
    if (calls !== list.calls) show({ list: { ...list, calls } });
  };

  const addPage = async (cursor: string, { signal }: AbortController) => {
    const asked = await ask(cursor, signal);
    signal.throwIfAborted();
    const { list } = current;
    if (list.phase !== 'ready') return;
    if (asked.kind !== 'ok') return show({ list: { ...list, more: asked } });
    show({ list: { ...withPage(list.calls, asked.value), phase: 'ready', more: { kind: 'idle' } } });
  };

  const live = followLive({ onEvent: hear, onLine: (line) => show({ line }) });
  begin();

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => current,
    choose(next) {
      choice = next;
      show({ list: { phase: 'loading', calls: 'calls' in current.list ? current.list.calls : [] } });
      begin();
    },
    retry() {
      show({ list: { phase: 'loading', calls: [] } });
      begin();
    },
    loadMore() {
      const { list } = current;
      if (list.phase !== 'ready' || list.nextCursor === null || list.more.kind === 'loading') return;
      show({ list: { ...list, more: { kind: 'loading' } } });
      addPage(list.nextCursor, asking).catch(ignoreGivenUp);
    },
    close() {
      asking.abort(new ChoiceChanged());
      cancelStats();
      live.close();
    },
  };
}

/** A call that came up by the news may stand on the next page too. */
function withPage(shown: readonly ListedCall[], { calls, nextCursor }: CallList) {
  const ids = new Set(shown.map(({ callId }) => callId));
  return { calls: [...shown, ...calls.filter(({ callId }) => !ids.has(callId))], nextCursor };
}

function ignoreGivenUp(error: unknown): void {
  if (!(error instanceof ChoiceChanged)) throw error;
}
