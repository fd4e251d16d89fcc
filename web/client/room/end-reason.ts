import { DisconnectReason } from 'livekit-client';
import type { EndReason } from './call-state.ts';

/** Says in the page's own terms why the room let go of us. */
export function endReason(reason: DisconnectReason | undefined): EndReason {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return 'you';
    // The agent ends a call by deleting its room.
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 'agent';
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'removed';
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'joinedElsewhere';
    case DisconnectReason.SERVER_SHUTDOWN:
      return 'serverStopped';
    default:
      return 'connectionLost';
  }
}
