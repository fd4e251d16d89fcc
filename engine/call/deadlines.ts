import { earWakeAtMs } from '../turn/ear.ts';
import type { CallState } from './state.ts';

/** The next instant, on the call clock, at which the reducer wants a `woke` event; null once the call has ended. */
export function nextWakeAtMs(state: CallState): number | null {
  const times: number[] = [];
  switch (state.call.phase) {
    case 'opening':
      if (state.call.pipeline.phase === 'warming') times.push(state.call.pipeline.endsAtMs);
      if (state.call.callerBy !== null) times.push(state.call.callerBy);
      break;
    case 'live':
      times.push(state.call.endsAtMs);
      break;
    case 'ended':
      return null;
  }
  for (const ear of Object.values(state.ears)) {
    const atMs = earWakeAtMs(ear);
    if (atMs !== null) times.push(atMs);
  }
  for (const reply of Object.values(state.replies)) times.push(reply.phase.endsAtMs);
  return times.length === 0 ? null : Math.min(...times);
}
