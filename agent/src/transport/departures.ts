import type { ParticipantId } from '@parley/contracts/ids';
import type { Clock } from '../runtime/clock.ts';
import type { ParticipantKind, RoomEvent } from './contract.ts';

type Reason = Extract<RoomEvent, { type: 'participantLeft' }>['reason'];

/**
 * How long a person who said goodbye may take to come back. LiveKit's clients say the same goodbye when they rebuild
 * their connection from scratch, and are back within a second; on the phone there is no such thing.
 */
const RETURN_MS = 1_500;

/** Tells a goodbye from a reconnection: who is back at once was lost for a moment. */
export interface Departures {
  left(participantId: ParticipantId, kind: ParticipantKind, reason: Reason): void;
  /** To be called before the person is told as joined. */
  joined(participantId: ParticipantId): void;
  close(): void;
}

export function createDepartures(options: {
  readonly clock: Clock;
  readonly onLeft: (participantId: ParticipantId, reason: Reason) => void;
}): Departures {
  const { clock, onLeft } = options;
  const leaving = new Map<ParticipantId, () => void>();
  return {
    left(participantId, kind, reason) {
      if (reason !== 'left' || kind === 'sip') return onLeft(participantId, reason);
      const cancel = clock.at(clock.nowMs() + RETURN_MS, () => {
        leaving.delete(participantId);
        onLeft(participantId, 'left');
      });
      leaving.set(participantId, cancel);
    },
    joined(participantId) {
      const cancel = leaving.get(participantId);
      if (cancel === undefined) return;
      cancel();
      leaving.delete(participantId);
      onLeft(participantId, 'lost');
    },
    close() {
      for (const cancel of leaving.values()) cancel();
      leaving.clear();
    },
  };
}
