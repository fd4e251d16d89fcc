import { DisconnectReason, type Room, RoomEvent } from '@livekit/rtc-node';
import type { Clock } from '@parley/agent/runtime/clock';
import type { RoomNews } from './caller-messages.ts';
import { seenParticipant } from './seen-participant.ts';

/** Tells who comes, who goes, what they say of themselves, and when the room lets the caller go. */
export function watchMembers(options: {
  readonly room: Room;
  readonly clock: Clock;
  readonly post: (news: RoomNews) => void;
}): void {
  const { room, clock, post } = options;
  room
    .on(RoomEvent.ParticipantConnected, (participant) =>
      post({ type: 'participantJoined', participant: seenParticipant(participant), atMs: clock.nowMs() }),
    )
    .on(RoomEvent.ParticipantDisconnected, ({ identity }) =>
      post({ type: 'participantLeft', identity, atMs: clock.nowMs() }),
    )
    .on(RoomEvent.ParticipantAttributesChanged, (_changed, { identity, attributes }) =>
      post({ type: 'attributesChanged', identity, attributes: { ...attributes }, atMs: clock.nowMs() }),
    )
    .on(RoomEvent.Disconnected, (reason) =>
      post({ type: 'disconnected', reason: DisconnectReason[reason] ?? String(reason), atMs: clock.nowMs() }),
    );
}
