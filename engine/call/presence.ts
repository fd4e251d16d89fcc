import type { CallEvent } from '@parley/contracts/call-event';
import { openEar } from '../turn/ear.ts';
import { endCall } from './ending.ts';
import { WAIT } from './settings.ts';
import type { Step } from './step.ts';

/** Who is in the call: joined, listening, lost, gone. */
export function onPresence(step: Step, event: CallEvent): void {
  switch (event.type) {
    case 'participantJoined': {
      const { participantId } = event.data;
      const known = step.ear(participantId);
      const presence = { phase: 'joined', listeningBy: step.atMs + WAIT.listeningMs } as const;
      if (known === undefined) step.putEar(openEar(participantId, presence.listeningBy));
      else if (known.presence.phase === 'lost') step.putEar({ ...known, presence });
      const { call } = step.state;
      if (call.phase === 'opening') step.set({ call: { ...call, callerBy: null } });
      return;
    }
    case 'participantListening': {
      const ear = step.ear(event.data.participantId);
      if (ear === undefined) return step.drop();
      return step.putEar({ ...ear, presence: { phase: 'listening' } });
    }
    case 'participantLeft': {
      const { participantId, reason } = event.data;
      const ear = step.ear(participantId);
      if (ear === undefined) return step.drop();
      if (reason === 'lost') {
        return step.putEar({ ...ear, presence: { phase: 'lost', endsAtMs: step.atMs + WAIT.departureMs } });
      }
      step.removeEar(participantId);
      if (Object.keys(step.state.ears).length === 0) {
        endCall(step, reason === 'left' ? 'caller_left' : 'room_closed');
      }
      return;
    }
    default:
      return;
  }
}

/** Waits that have run out: a caller whose subscription is not told, one who does not return. */
export function expirePresence(step: Step): void {
  for (const ear of Object.values(step.state.ears)) {
    const { presence, participantId } = ear;
    if (presence.phase === 'joined' && step.atMs >= presence.listeningBy) {
      step.putEar({ ...ear, presence: { phase: 'listening' } });
    }
    if (presence.phase === 'lost' && step.atMs >= presence.endsAtMs) {
      step.removeEar(participantId);
      if (Object.keys(step.state.ears).length === 0) return endCall(step, 'caller_lost');
    }
  }
}
