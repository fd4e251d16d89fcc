import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../database/is-away.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Clock } from '../runtime/clock.ts';
import { type AttemptOutcome, attemptDelivery } from './attempt.ts';
import { purgeLog } from './delivery-log.ts';
import {
  enabledWebhooks,
  type LeasedDelivery,
  leaseDue,
  leaseTrial,
  returnLease,
  settleDelivery,
} from './leased-delivery.ts';
import { retryDelayMs } from './retry-schedule.ts';
import type { WebhookStore } from './webhook-store.ts';

/** Sends what waits in the outbox, beside any other server that does. */
export interface WebhookSender {
  /** Something may be due. */
  wake(): void;
  /** Sends a trial message, once. Resolves with its delivery's id when it is over; null where there is no such endpoint. */
  tryOut(webhookId: string): Promise<string | null>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Sends nothing more. What is under way is broken off, and sent again by whoever is next. */
  close(): Promise<void>;
}

/** How often it is looked for what is due, in ms. */
const LOOK_EVERY_MS = 1_000;
/** Attempts of one endpoint at once, by one server: a slow one holds up nothing but itself. */
const ATTEMPTS_AT_ONCE = 4;
const PURGE_EVERY_MS = 60 * 60_000;

/** This server ends. */
class SenderClosed extends Error {
  override readonly name = 'SenderClosed';
  readonly code = 'sender_closed';
}

export function startWebhookSender(deps: {
  readonly database: () => Database;
  readonly webhooks: Pick<WebhookStore, 'attempted'>;
  readonly outgoing: Pick<Outgoing, 'post'>;
  readonly clock: Clock;
  readonly nowEpochMs: () => number;
  /** From 0 to under 1. */
  readonly random: () => number;
  readonly log: Logger;
}): WebhookSender {
  const { database, clock, nowEpochMs, log } = deps;
  const ending = new AbortController();
  const underWay = new Map<string, Set<Promise<void>>>();
  let purgeAtEpochMs = 0;
  let cancelLook = () => {};
  let looking: Promise<void> | null = null;
  let isLookWanted = false;

  const attempt = async (delivery: LeasedDelivery, { isTrial }: { readonly isTrial: boolean }) => {
    const { deliveryId, webhookId } = delivery;
    try {
      const outcome = await attemptDelivery(deps, delivery, { signal: ending.signal });
      const delayMs = retryDelayMs(delivery.attempts + 1, deps.random(), outcome.askedMs);
      const isLast = isTrial || outcome.kind === 'gone' || delayMs === null;
      const nextAttemptAtMs = isLast ? null : Math.round(nowEpochMs() + delayMs);
      if (!isTrial) await noteHealth(webhookId, outcome.kind);
      await settleDelivery(database(), delivery, outcome, nextAttemptAtMs);
    } catch (error) {
      if (error instanceof SenderClosed) return returnLease(database(), delivery).catch(noteFailure);
      noteFailure(error, { deliveryId, webhookId });
    }
  };
  // Before the next message of the call may come: an endpoint that is gone gets none.
  const noteHealth = async (webhookId: string, outcome: AttemptOutcome['kind']) => {
    const reason = await deps.webhooks.attempted(webhookId, outcome);
    if (reason !== null) log.warn({ webhookId, reason }, 'a webhook is off: nothing more is sent to it');
  };
  // The lease runs out, and then the message is sent again.
  const noteFailure = (error: unknown, what: object = {}) => {
    const level = isDatabaseAway(error) ? 'debug' : 'error';
    log[level]({ err: error, ...what }, 'what waits for webhooks could not be sent or noted; trying again');
  };

  const start = (delivery: LeasedDelivery) => {
    const running = underWay.get(delivery.webhookId) ?? new Set();
    underWay.set(delivery.webhookId, running);
    const task = attempt(delivery, { isTrial: false }).finally(() => {
      running.delete(task);
      if (running.size === 0) underWay.delete(delivery.webhookId);
      wake();
    });
    running.add(task);
  };

  const lookOnce = async () => {
    for (const webhookId of await enabledWebhooks(database())) {
      const limit = ATTEMPTS_AT_ONCE - (underWay.get(webhookId)?.size ?? 0);
      if (limit === 0 || ending.signal.aborted) continue;
      for (const delivery of await leaseDue(database(), { webhookId, limit, nowEpochMs: nowEpochMs() }))
        start(delivery);
    }
    if (nowEpochMs() < purgeAtEpochMs) return;
    purgeAtEpochMs = nowEpochMs() + PURGE_EVERY_MS;
    await purgeLog(database(), nowEpochMs());
  };
  const look = async () => {
    do {
      isLookWanted = false;
      try {
        await lookOnce();
      } catch (error) {
        noteFailure(error);
        break;
      }
    } while (isLookWanted && !ending.signal.aborted);
    looking = null;
    if (!ending.signal.aborted) cancelLook = clock.at(clock.nowMs() + LOOK_EVERY_MS, wake);
  };
  const wake = () => {
    isLookWanted = true;
    if (looking !== null || ending.signal.aborted) return;
    cancelLook();
    looking = look();
  };
  const idle = async () => {
    while (looking !== null || underWay.size > 0)
      await Promise.all([looking, ...[...underWay.values()].flatMap((running) => [...running])]);
  };
  wake();

  return {
    wake,
    idle,
    async tryOut(webhookId) {
      const delivery = await leaseTrial(database(), { webhookId, nowEpochMs: nowEpochMs() });
      if (delivery === null) return null;
      await attempt(delivery, { isTrial: true });
      return delivery.deliveryId;
    },
    async close() {
      ending.abort(new SenderClosed('the server ends'));
      cancelLook();
      await idle();
    },
  };
}
