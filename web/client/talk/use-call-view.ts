import { useSyncExternalStore } from 'react';
import type { CallSession, CallView } from '../room/call-session.ts';

/** The session's view, rendered anew at each change. */
export function useCallView(session: CallSession): CallView {
  return useSyncExternalStore(session.subscribe, session.view);
}
