/**
 * How long a room waits for its first participant, in s. A little longer than its agent, which leaves after 15 s without
 * a caller; whoever comes later makes the room anew with the configuration in the token.
 */
export const EMPTY_TIMEOUT_S = 20;

/** How long a room waits for a participant who may come back, in s. Source: LiveKit's own default. */
export const DEPARTURE_TIMEOUT_S = 20;

/** What the names of our rooms begin with; a ULID follows. */
export const ROOM_NAME_PREFIX = 'call-';

/** Whether the server made a room, or made the token that did: only such a room is watched. */
export function isOurRoom(roomName: string): boolean {
  return roomName.startsWith(ROOM_NAME_PREFIX);
}
