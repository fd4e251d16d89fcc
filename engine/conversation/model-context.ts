import type { Conversation } from './conversation.ts';

/** One message of the context that a model is given. */
export type ModelMessage =
  | {
      readonly role: 'user';
      readonly text: string;
      /** The caller said something that could not be put into words; `text` is then empty. */
      readonly isUnintelligible: boolean;
    }
  | {
      readonly role: 'assistant';
      /** Only what the caller heard. */
      readonly text: string;
      readonly isInterrupted: boolean;
    }
  /** Words of the caller over the agent's speech that did not take the floor. */
  | { readonly role: 'overlap'; readonly text: string };

/**
 * The conversation as a model is told it: what was said and heard, nothing else. `saidSoFar` is what the caller has said
 * of a turn that is not over, where an answer is begun on a guess.
 */
export function modelContext(conversation: Conversation, saidSoFar: string | null = null): ModelMessage[] {
  const messages = conversation.items.flatMap((item): ModelMessage[] => {
    switch (item.kind) {
      case 'turn':
        return [{ role: 'user', text: item.text, isUnintelligible: item.isUnintelligible }];
      case 'reply':
        return item.heard === ''
          ? []
          : [{ role: 'assistant', text: item.heard, isInterrupted: item.isInterrupted }];
      case 'overlap':
        return [{ role: 'overlap', text: item.text }];
    }
  });
  if (saidSoFar === null) return messages;
  return [...messages, { role: 'user', text: saidSoFar, isUnintelligible: false }];
}
