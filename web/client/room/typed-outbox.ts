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
  /** What waits will not be sent, and what was under way is not waited for. */
  giveUp(): void;
}

export function createTypedOutbox({
  onDelivery,
}: {
  readonly onDelivery: (id: string, delivery: Delivery) => void;
}): TypedOutbox {
  let waiting: readonly TypedMessage[] = [];
  let sending: Promise<void> = Promise.resolve();
  let underWay = new Set<string>();
  return {
    put(message) {
      waiting = [...waiting, message];
      onDelivery(message.id, 'waiting');
    },
    sendThrough(send) {
      const messages = waiting;
      const ours = underWay;
      waiting = [];
      for (const { id, text } of messages) {
        ours.add(id);
        onDelivery(id, 'sending');
        const settle = (delivery: Delivery) => {
          if (ours.delete(id)) onDelivery(id, delivery);
        };
        sending = sending
          .then(() => (ours.has(id) ? send(text) : undefined))
          .then(
            () => settle('sent'),
            () => settle('failed'),
          );
      }
    },
    giveUp() {
      const lost = [...underWay, ...waiting.map(({ id }) => id)];
      waiting = [];
      underWay.clear();
      // Another call's messages have the same ids, and wait for none of this one's.
      underWay = new Set();
      sending = Promise.resolve();
      for (const id of lost) onDelivery(id, 'failed');
    },
  };
}
