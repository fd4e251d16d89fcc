import type { CallSession } from '../room/call-session.ts';
import type { CallState } from '../room/call-state.ts';
import { type FrameNews, type FrameOrder, readOrder } from './frame-messages.ts';

/** The page around a framed call, as far as it lets itself be known. */
export interface FrameHost {
  tell(news: FrameNews): void;
  /** Calls `obey` with every order that comes from the host and from nobody else. */
  onOrder(obey: (order: FrameOrder) => void): void;
}

/**
 * `origin` is what the element said of its page, and decides nothing but whom messages are for: which pages may frame
 * us is the server's policy, and a message for another page than the one around us is dropped by the browser.
 */
export function createFrameHost({
  frame,
  origin,
}: {
  readonly frame: Window;
  readonly origin: string;
}): FrameHost {
  const { parent } = frame;
  const hasHost = parent !== frame && URL.canParse(origin) && new URL(origin).origin === origin;
  return {
    tell(news) {
      if (hasHost) parent.postMessage(news, origin);
    },
    onOrder(obey) {
      frame.addEventListener('message', ({ source, origin: sender, data }) => {
        if (!hasHost || source !== parent || sender !== origin) return;
        const order = readOrder(data);
        if (order !== null) obey(order);
      });
    },
  };
}

/** Tells the host of each call's beginning and end. */
export function reportCalls(session: Pick<CallSession, 'subscribe' | 'view'>, host: FrameHost): void {
  let before: CallState['phase'] = session.view().call.phase;
  session.subscribe(() => {
    const { call } = session.view();
    if (call.phase === before) return;
    before = call.phase;
    if (call.phase === 'inRoom') host.tell({ type: 'parley-call:started' });
    if (call.phase === 'ended')
      host.tell({ type: 'parley-call:ended', reason: call.reason, durationMs: call.durationMs });
  });
}
