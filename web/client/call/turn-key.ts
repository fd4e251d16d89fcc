import type { RecordedTurn } from '@parley/contracts/call-record';

/** What tells a turn from all others of its call. */
export function turnKey(turn: RecordedTurn): string {
  return turn.role === 'agent' ? `agent ${turn.replyId}` : `caller ${turn.turnId} ${turn.participantId}`;
}
