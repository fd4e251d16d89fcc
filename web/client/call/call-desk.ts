import { type CallDetail, callDetailSchema } from '@parley/contracts/call-record';
import { type LiveEvent, type Peaks, peaksSchema } from '@parley/contracts/calls-api';
import { type ApiFault, noAnswer, requestJson } from '../records/api-request.ts';
import type { LiveCalls, LiveLine } from '../records/live-calls.ts';
import { withTurn } from './timeline.ts';

export type CallDeskView =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly fault: ApiFault }
  | { readonly phase: 'deleted' }
  | {
      readonly phase: 'ready';
      readonly call: CallDetail;
      /** Null until they are loaded, and where there are none. */
      readonly peaks: Peaks | null;
      readonly line: LiveLine;
    };

/** One call of the record, followed while it goes on. */
export interface CallDesk {
  subscribe(listener: () => void): () => void;
  view(): CallDeskView;
  /** Asks once more for a call that could not be had. */
  retry(): void;
  /** Deletes a call that is over, with all that was kept of it. Orders resolve with what stood in the way, or null. */
  remove(): Promise<ApiFault | null>;
  /** Ends a call that goes on. */
  end(): Promise<ApiFault | null>;
  /** Pauses the recording of a call that goes on, or goes on with it. */
  setRecording(state: 'on' | 'paused'): Promise<ApiFault | null>;
  close(): void;
}

class PageLeft extends Error {
  override readonly name = 'PageLeft';
}

export function createCallDesk({
  fetch,
  callId,
  followLive,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly callId: string;
  readonly followLive: (handlers: {
    readonly onEvent: (event: LiveEvent) => void;
    readonly onLine: (line: LiveLine) => void;
  }) => LiveCalls;
}): CallDesk {
  const path = `/api/calls/${encodeURIComponent(callId)}`;
  const listeners = new Set<() => void>();
  const left = new AbortController();
  const { signal } = left;
  let current: CallDeskView = { phase: 'loading' };
  let line: LiveLine = 'connecting';
  let live: LiveCalls | null = null;
  let loading: Promise<void> | null = null;
  /** Something happened that the answer which is awaited may not tell. */
  let isOutdated = false;

  const show = (view: CallDeskView) => {
    current = view;
    for (const listener of listeners) listener();
  };
  const ask = () => requestJson({ fetch, path, schema: callDetailSchema, signal });

  const load = async () => {
    const asked = await ask();
    signal.throwIfAborted();
    if (asked.kind !== 'ok') return show({ phase: 'failed', fault: asked });
    const peaks = current.phase === 'ready' ? current.peaks : null;
    show({ phase: 'ready', call: asked.value, peaks, line });
    if (peaks === null && hasSound(asked.value)) await loadPeaks();
    // A recording is put together after the call is over.
    if (asked.value.state !== 'ended' || !hasSound(asked.value))
      live ??= followLive({ onEvent: hear, onLine });
  };

  const loadPeaks = async () => {
    const asked = await requestJson({ fetch, path: `${path}/peaks`, schema: peaksSchema, signal });
    signal.throwIfAborted();
    // Without them the turns alone are drawn.
    if (asked.kind === 'ok' && current.phase === 'ready') show({ ...current, peaks: asked.value });
  };

  const onLine = (next: LiveLine) => {
    line = next;
    if (current.phase === 'ready') show({ ...current, line });
  };

  const hear = (event: LiveEvent) => {
    if (current.phase !== 'ready') return;
    const { call } = current;
    switch (event.type) {
      case 'snapshot':
        // What was said while the line was away is known by the server only.
        return begin();
      case 'turn':
        if (event.data.callId !== call.callId) return;
        return show({ ...current, call: { ...call, turns: withTurn(call.turns, event.data.turn) } });
      case 'call.started':
      case 'call.changed':
      case 'call.ended':
        // Tools and moments come with the call alone.
        if (event.data.callId === call.callId) begin();
        return;
      case 'call.deleted':
        if (event.data.callId === call.callId) show({ phase: 'deleted' });
        return;
    }
  };

  /** One question at a time: an answer that was overtaken would take back what the news told since. */
  const begin = () => {
    isOutdated = loading !== null;
    loading ??= load()
      .catch((error: unknown) => {
        if (!(error instanceof PageLeft)) throw error;
      })
      .finally(() => {
        loading = null;
        if (isOutdated && !signal.aborted) begin();
      });
  };
  begin();

  const order = async (method: 'POST' | 'DELETE', to: string, body?: unknown): Promise<ApiFault | null> => {
    const asked = await requestJson({ fetch, path: to, schema: noAnswer, method, body });
    return asked.kind === 'ok' ? null : asked;
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => current,
    retry() {
      show({ phase: 'loading' });
      begin();
    },
    async remove() {
      const fault = await order('DELETE', path);
      if (fault !== null && fault.kind !== 'missing') return fault;
      show({ phase: 'deleted' });
      return null;
    },
    end: () => order('POST', `${path}/end`),
    setRecording: (state) => order('POST', `${path}/recording`, { state }),
    close() {
      left.abort(new PageLeft());
      live?.close();
    },
  };
}

/** There is a recording to be heard. */
export function hasSound({ recording }: Pick<CallDetail, 'recording'>): boolean {
  return recording === 'ready' || recording === 'incomplete';
}
