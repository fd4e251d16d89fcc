import { type RemoteParticipant, ParticipantKind as RtcKind } from '@livekit/rtc-node';
import { type ParticipantId, participantIdSchema } from '@parley/contracts/ids';
import type { ParticipantKind } from './contract.ts';

/** A human in the room, by browser, phone or another network's connector. */
export interface Person {
  readonly participantId: ParticipantId;
  readonly kind: ParticipantKind;
  readonly name: string;
}

/** Set by a participant that publishes for another, as an avatar does for its agent. */
const PUBLISH_ON_BEHALF = 'lk.publish_on_behalf';

/** Null for agents, recorders, streams and whoever publishes on their behalf: we take nothing from those. */
export function personOf(participant: RemoteParticipant): Person | null {
  const kind = kindOf(participant.kind);
  const id = participantIdSchema.safeParse(participant.identity);
  if (kind === null || !id.success || participant.attributes[PUBLISH_ON_BEHALF] !== undefined) return null;
  return { participantId: id.data, kind, name: participant.name ?? '' };
}

function kindOf(kind: RtcKind): ParticipantKind | null {
  switch (kind) {
    case RtcKind.STANDARD:
      return 'standard';
    case RtcKind.SIP:
      return 'sip';
    case RtcKind.CONNECTOR:
      return 'connector';
    default:
      return null;
  }
}
