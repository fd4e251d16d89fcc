import type { Delivery } from './transcript.ts';

interface TypedMessage {
  readonly id: string;
  readonly text: string;
}

/** Typed messages on their way, in the order in which they were typed. */
export interface TypedOutbox {
  put(message: TypedMessage): void;
  /** Sends what waits, one after another. */
  sendThrough(send: (text: string) => Promise<void>): void;
  /** What waits will not be sent. */
  giveUp(): void;
}

export function createTypedOutbox({
  onDelivery,
}: {
  readonly onDelivery: (id: string, delivery: Delivery) => void;
}): TypedOutbox {
  let waiting: readonly TypedMessage[] = [];
  let sending: Promise<void> = Promise.resolve();
  return {
    put(message) {
      waiting = [...waiting, message];
      onDelivery(message.id, 'waiting');
    },
    sendThrough(send) {
      const messages = waiting;
      waiting = [];
      for (const { id, text } of messages) {
        onDelivery(id, 'sending');
        sending = sending
          .then(() => send(text))
          .then(
            () => onDelivery(id, 'sent'),
            () => onDelivery(id, 'failed'),
          );
      }
    },
    giveUp() {
      const messages = waiting;
      waiting = [];
      for (const { id } of messages) onDelivery(id, 'failed');
    },
  };
}
