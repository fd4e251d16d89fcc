import { opensAtMs } from '../reply/reply.ts';
import { earWakeAtMs } from '../turn/ear.ts';
import { idleWakeAtMs } from '../turn/idle.ts';
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
    const atMs = earWakeAtMs(ear, state.settings.pipeline.userTurnLimit);
    if (atMs !== null) times.push(atMs);
  }
  for (const tool of Object.values(state.tools)) times.push(tool.endsAtMs);
  const idleAtMs = idleWakeAtMs(state.idle, state.settings.pipeline.idle);
  if (idleAtMs !== null) times.push(idleAtMs);
  for (const reply of Object.values(state.replies)) {
    times.push(reply.phase.endsAtMs);
    const openingAtMs = opensAtMs(reply);
    if (openingAtMs !== null) times.push(openingAtMs);
  }
  return times.length === 0 ? null : Math.min(...times);
}
