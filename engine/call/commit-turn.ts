import { type ParticipantId, type TurnId, turnIdSchema } from '@parley/contracts/ids';
import { addItem } from '../conversation/conversation.ts';
import { restartIdle } from '../turn/idle.ts';
import type { Step } from './step.ts';

/** Name of the next turn; taken by what opens one. */
export function nextTurnId({ state }: Step): TurnId {
  return turnIdSchema.parse(`t${state.settings.generation}.${state.counts.turns + 1}`);
}

export function takeTurnId(step: Step): TurnId {
  const turnId = nextTurnId(step);
  step.count('turns');
  return turnId;
}

/** A turn is over: it belongs to the conversation, and is owed an answer. */
export function commitTurn(
  step: Step,
  participantId: ParticipantId,
  turnId: TurnId,
  said: { readonly text: string; readonly source: 'speech' | 'chat'; readonly isUnintelligible: boolean },
): void {
  step.set({
    conversation: addItem(step.state.conversation, { kind: 'turn', turnId, participantId, ...said }),
    floor: { phase: 'owed', turnId, participantId },
    idle: restartIdle(step.state.idle, step.atMs),
  });
  step.emit({ type: 'recordTurn', data: { turnId, participantId, ...said } });
}
