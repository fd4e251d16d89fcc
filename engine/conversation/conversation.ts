import type { ParticipantId, ReplyId, TurnId } from '@parley/contracts/ids';

/** What was said in the call, in order: what the model is told and the record keeps. */
export interface Conversation {
  readonly items: readonly ConversationItem[];
}

export type ConversationItem =
  | {
      readonly kind: 'turn';
      readonly turnId: TurnId;
      readonly participantId: ParticipantId;
      readonly text: string;
      readonly source: 'speech' | 'chat';
      /** Something was said that could not be put into words; `text` is empty. */
      readonly isUnintelligible: boolean;
    }
  | {
      readonly kind: 'reply';
      readonly replyId: ReplyId;
      /** What the caller heard; the rest is never shown to the model as said. */
      readonly heard: string;
      readonly unheard: string;
      readonly isInterrupted: boolean;
      readonly isOpen: boolean;
    }
  /** Words over the agent's speech that did not take the floor. */
  | {
      readonly kind: 'overlap';
      readonly participantId: ParticipantId;
      readonly text: string;
    };

export const EMPTY_CONVERSATION: Conversation = { items: [] };

export function addItem(conversation: Conversation, item: ConversationItem): Conversation {
  return { items: [...conversation.items, item] };
}

/** Writes what was heard of a reply at the place where it began; a reply of which nothing was heard goes. */
export function closeReplyItem(
  conversation: Conversation,
  replyId: ReplyId,
  outcome: { readonly heard: string; readonly unheard: string; readonly isInterrupted: boolean },
): Conversation {
  return {
    items: conversation.items.flatMap((item) => {
      if (item.kind !== 'reply' || item.replyId !== replyId) return [item];
      return outcome.heard === '' ? [] : [{ ...item, ...outcome, isOpen: false }];
    }),
  };
}
