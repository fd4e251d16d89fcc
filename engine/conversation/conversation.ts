import type { ConversationItem } from '@parley/contracts/carried-call';
import type { ReplyId } from '@parley/contracts/ids';

/** What was said in the call, in order: what the model is told and the record keeps. */
export interface Conversation {
  readonly items: readonly ConversationItem[];
}

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
