import { DisconnectReason } from '@livekit/rtc-node';
import type { RoomEvent } from './contract.ts';

type Left = Extract<RoomEvent, { type: 'participantLeft' }>['reason'];
type Closed = Extract<RoomEvent, { type: 'closed' }>['reason'];

/** Why a person is gone. Whatever is not known to be someone's wish may be a network that comes back. */
export function leftReason(reason: DisconnectReason | undefined): Left {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return 'left';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
    case DisconnectReason.USER_REJECTED:
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'removed';
    default:
      return 'lost';
  }
}

/** Why we are out. An operator who removes the agent means the call to end as much as one who closes the room. */
export function closedReason(reason: DisconnectReason): Closed {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return 'closed_by_us';
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'evicted';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'room_deleted';
    default:
      return 'lost';
  }
}
