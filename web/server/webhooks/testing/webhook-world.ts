import type { JournalLine } from '@parley/contracts/call-event';
import { type WebhookEventType, webhookMessageSchema } from '@parley/contracts/webhooks';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import { pino } from 'pino';
import { createCallRecorder } from '../../calls/call-recorder.ts';
import { journalOfCall, shipmentOf } from '../../calls/testing/test-shipments.ts';
import type { Database } from '../../database/database.ts';
import type { OutgoingAnswer } from '../../outgoing/outgoing.ts';
import { createVirtualClock } from '../../runtime/testing/virtual-clock.ts';
import { deliveriesOf } from '../delivery-log.ts';
import { startWebhookSender } from '../webhook-sender.ts';
import { createWebhookStore } from '../webhook-store.ts';

/** A message as a receiver got it. */
export interface Received {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly type: string;
  readonly callId: string | null;
  /** Since the beginning of the test. */
  readonly atMs: number;
}

export const TAKEN: OutgoingAnswer = { status: 204, retryAfterS: null, text: '' };
export const BROKEN: OutgoingAnswer = { status: 500, retryAfterS: null, text: 'no' };
/** An answer that never comes, until the sender gives up. */
export const SILENCE = 'silence';

/** Answers in the place of the receivers. */
export type Answering = (message: Received) => OutgoingAnswer | typeof SILENCE;

const ALL: readonly WebhookEventType[] = ['call.started', 'turn.completed', 'call.ended', 'recording.ready'];

/** Servers on one set of data, with receivers that answer as a test says, in virtual time. */
export function createWebhookWorld(database: Database) {
  const clock = createVirtualClock();
  /** Near the real time, for the reference implementation looks at it. */
  const begunEpochMs = Date.now();
  /** What passed at once, without a look each second: days would take minutes otherwise. */
  let skippedMs = 0;
  const nowEpochMs = () => begunEpochMs + skippedMs + clock.nowMs();
  const log = pino({ level: 'silent' });
  const webhooks = createWebhookStore({ database: () => database, nowEpochMs });
  const received: Received[] = [];

  /** A server that sends. */
  const startSender = (answering: Answering, on: Database = database) => {
    const sender = startWebhookSender({
      database: () => on,
      webhooks: createWebhookStore({ database: () => on, nowEpochMs }),
      outgoing: {
        async post({ url, headers, body, signal }) {
          signal.throwIfAborted();
          const message = webhookMessageSchema.parse(JSON.parse(body));
          const callId =
            'call' in message.data
              ? message.data.call.callId
              : 'callId' in message.data
                ? message.data.callId
                : null;
          const got: Received = {
            url,
            headers,
            body,
            type: message.type,
            callId,
            atMs: nowEpochMs() - begunEpochMs,
          };
          received.push(got);
          const answer = answering(got);
          if (answer !== SILENCE) return answer;
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
        },
      },
      clock,
      nowEpochMs,
      random: () => 0,
      log,
    });
    return {
      ...sender,
      /** Lets time pass, and waits until what is due then was sent. */
      async pass(ms: number) {
        skippedMs += ms;
        sender.wake();
        await sender.idle();
      },
    };
  };
  const recorder = createCallRecorder({
    database: () => database,
    prices: NO_PRICES,
    clock,
    log,
    onStored: () => {},
  });

  return {
    clock,
    nowEpochMs,
    webhooks,
    received,
    recorder,
    startSender,
    typesTold: (callId: string) => received.filter((got) => got.callId === callId).map(({ type }) => type),
    make: (url: string, events = ALL) => webhooks.make({ url, events: [...events], description: '' }),
    deliveries: async (webhookId: string) =>
      (await deliveriesOf(database, webhookId, { limit: 200 })).deliveries.toReversed(),
    /** Ships what was said in a call, or the part of it that `cut` chooses. */
    ship(
      callId: string,
      texts: readonly string[],
      cut: (lines: readonly JournalLine[]) => { from?: number; to?: number } = () => ({}),
    ) {
      const { header, lines } = journalOfCall(callId, { texts });
      const { from, to } = cut(lines);
      const journal = { header: { ...header, startedAtEpochMs: nowEpochMs() }, lines };
      return recorder.store(shipmentOf(journal, from, to));
    },
  };
}
