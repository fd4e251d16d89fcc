import { type Participant, ParticipantKind } from '@livekit/rtc-node';
import type { SeenParticipant } from './caller-messages.ts';

export function seenParticipant({ identity, kind, attributes }: Participant): SeenParticipant {
  return { identity, kind: kindName(kind), attributes: { ...attributes } };
}

function kindName(kind: ParticipantKind): SeenParticipant['kind'] {
  switch (kind) {
    case ParticipantKind.STANDARD:
      return 'standard';
    case ParticipantKind.AGENT:
      return 'agent';
    case ParticipantKind.SIP:
      return 'sip';
    default:
      return 'other';
  }
}
