import type { ParticipantId, TurnId } from '@parley/contracts/ids';

/** The turn of a caller as the answer to it is measured from. Instants are on the call clock. */
export interface CommittedTurn {
  readonly turnId: TurnId;
  readonly participantId: ParticipantId;
  readonly committedAtMs: number;
  /** Null where no silence ended the turn: it was typed, waited for the agent to finish, or was cut off. */
  readonly lastSpeechAtMs: number | null;
  /** When the recogniser gave its last final of the turn. */
  readonly lastFinalAtMs: number | null;
}
