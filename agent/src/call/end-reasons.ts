import type { EndReason } from '@parley/contracts/call-event';
import { CallStopped } from '../worker/contract.ts';

/** Whether a room ends with its call: it outlives it only where someone else may still need it. */
export function closesRoom(reason: EndReason): boolean {
  switch (reason) {
    case 'caller_left':
    case 'caller_lost':
    case 'agent_ended':
    case 'time_limit':
    case 'cost_limit':
    case 'agent_lost':
      return true;
    case 'room_closed':
    case 'no_caller':
    case 'agent_failed':
    case 'superseded':
    case 'worker_stopped':
      return false;
  }
}

/** Why a call ends that is told to stop from outside. */
export function endReasonOf(reason: unknown): EndReason {
  if (!(reason instanceof CallStopped)) return 'worker_stopped';
  switch (reason.code) {
    case 'terminated_by_server':
      return 'room_closed';
    case 'worker_stopping':
      return 'worker_stopped';
    case 'superseded':
      return 'superseded';
  }
}
