import type { CallId } from '@parley/contracts/ids';
import type { WebhookMessage } from '@parley/contracts/webhooks';
import { ulid } from 'ulid';
import { lockCall } from '../calls/call-rows.ts';
import type { Database, Queries } from '../database/database.ts';
import { isoOf } from '../runtime/clock.ts';
import type { AttemptOutcome } from './attempt.ts';
import { secretsAt } from './webhook-row.ts';

/**
 * How long one server has a delivery for itself, in ms: six times the longest attempt. One that died in the middle of it
 * leaves the delivery to the others after that.
 */
export const LEASE_MS = 60_000;

/** A delivery that this server alone attempts, for now. */
export interface LeasedDelivery {
  readonly deliveryId: string;
  readonly leaseId: string;
  readonly webhookId: string;
  readonly callId: CallId | null;
  readonly messageId: string;
  readonly body: string;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly url: string;
  readonly secrets: readonly string[];
}

/** Endpoints that are sent to. */
export async function enabledWebhooks({ db }: Database): Promise<readonly string[]> {
  const rows = await db.selectFrom('webhooks').select('webhook_id').where('is_enabled', '=', 1).execute();
  return rows.map(({ webhook_id }) => webhook_id);
}

/** Takes up to `limit` deliveries of an endpoint that are due, the oldest first. No other server has them then. */
export async function leaseDue(
  { db }: Database,
  by: { readonly webhookId: string; readonly limit: number; readonly nowEpochMs: number },
): Promise<readonly LeasedDelivery[]> {
  const { webhookId, nowEpochMs } = by;
  const due = await db
    .selectFrom('webhook_deliveries')
    .select('delivery_id')
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'waiting')
    .where('next_attempt_at_ms', '<=', nowEpochMs)
    .where(({ eb, or }) => or([eb('leased_until_ms', 'is', null), eb('leased_until_ms', '<=', nowEpochMs)]))
    .orderBy('created_at_ms')
    .orderBy('delivery_id')
    .limit(by.limit)
    .execute();
  const leased: LeasedDelivery[] = [];
  for (const { delivery_id } of due) {
    const leaseId = ulid();
    const { numUpdatedRows } = await db
      .updateTable('webhook_deliveries')
      .set({ lease_id: leaseId, leased_until_ms: nowEpochMs + LEASE_MS })
      .where('delivery_id', '=', delivery_id)
      .where('state', '=', 'waiting')
      .where('next_attempt_at_ms', '<=', nowEpochMs)
      .where(({ eb, or }) => or([eb('leased_until_ms', 'is', null), eb('leased_until_ms', '<=', nowEpochMs)]))
      .executeTakeFirst();
    const delivery = numUpdatedRows === 0n ? null : await readLeased(db, leaseId, nowEpochMs);
    if (delivery !== null) leased.push(delivery);
  }
  return leased;
}

/** Makes a delivery that tries an endpoint out, leased to whoever asks. Null where there is no such endpoint. */
export async function leaseTrial(
  { db }: Database,
  by: { readonly webhookId: string; readonly nowEpochMs: number },
): Promise<LeasedDelivery | null> {
  const { webhookId, nowEpochMs } = by;
  const known = await db
    .selectFrom('webhooks')
    .select('webhook_id')
    .where('webhook_id', '=', webhookId)
    .executeTakeFirst();
  if (known === undefined) return null;
  const timestamp = isoOf(nowEpochMs);
  const message: WebhookMessage = { type: 'webhook.test', timestamp, data: { webhookId } };
  const leaseId = ulid();
  await db
    .insertInto('webhook_deliveries')
    .values({
      delivery_id: `dlv_${ulid()}`,
      webhook_id: webhookId,
      event_type: message.type,
      call_id: null,
      body_json: JSON.stringify(message),
      state: 'waiting',
      attempts: 0,
      created_at_ms: nowEpochMs,
      next_attempt_at_ms: nowEpochMs,
      message_id: `msg_${ulid()}`,
      lease_id: leaseId,
      leased_until_ms: nowEpochMs + LEASE_MS,
    })
    .execute();
  return readLeased(db, leaseId, nowEpochMs);
}

async function readLeased(db: Queries, leaseId: string, nowEpochMs: number): Promise<LeasedDelivery | null> {
  const row = await db
    .selectFrom('webhook_deliveries as delivery')
    .innerJoin('webhooks', 'webhooks.webhook_id', 'delivery.webhook_id')
    .select([
      'delivery.delivery_id',
      'delivery.webhook_id',
      'delivery.call_id',
      'delivery.message_id',
      'delivery.body_json',
      'delivery.attempts',
      'webhooks.url',
      'webhooks.secret',
      'webhooks.former_secret',
      'webhooks.former_secret_ends_at_ms',
    ])
    .where('lease_id', '=', leaseId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    deliveryId: row.delivery_id,
    leaseId,
    webhookId: row.webhook_id,
    callId: row.call_id as CallId | null,
    messageId: row.message_id,
    body: row.body_json,
    attempts: row.attempts,
    url: row.url,
    secrets: secretsAt(row, nowEpochMs),
  };
}

/** Gives a delivery back that was not attempted to its end. */
export async function returnLease({ db }: Database, { deliveryId, leaseId }: LeasedDelivery): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ leased_until_ms: null, lease_id: null })
    .where('delivery_id', '=', deliveryId)
    .where('lease_id', '=', leaseId)
    .execute();
}

/**
 * Notes what came of an attempt, and lets the next message of the call come where this one is done with. Nothing is noted
 * where the lease ran out and another server has it, or the call was deleted.
 */
export async function settleDelivery(
  { db, dialect }: Database,
  delivery: LeasedDelivery,
  outcome: AttemptOutcome,
  /** Null where no further attempt is made. */
  nextAttemptAtMs: number | null,
): Promise<void> {
  const { deliveryId, leaseId, callId, webhookId } = delivery;
  const isDelivered = outcome.kind === 'delivered';
  const isDone = isDelivered || nextAttemptAtMs === null;
  await db.transaction().execute(async (trx) => {
    // Whoever notes a further message of the call holds its row too, and sees either this one or that it is done with.
    if (callId !== null) await lockCall(trx, dialect, callId);
    const { numUpdatedRows } = await trx
      .updateTable('webhook_deliveries')
      .set({
        state: isDelivered ? 'delivered' : isDone ? 'given_up' : 'waiting',
        attempts: delivery.attempts + 1,
        next_attempt_at_ms: nextAttemptAtMs ?? outcome.atMs,
        leased_until_ms: null,
        lease_id: null,
        attempted_at_ms: outcome.atMs,
        took_ms: outcome.tookMs,
        answer_status: outcome.status,
        answer_note: outcome.answer,
        fault: outcome.fault,
      })
      .where('delivery_id', '=', deliveryId)
      .where('lease_id', '=', leaseId)
      .executeTakeFirst();
    if (numUpdatedRows > 0n && callId !== null && isDone) await letNextCome(trx, webhookId, callId);
  });
}

async function letNextCome(trx: Queries, webhookId: string, callId: CallId): Promise<void> {
  const unfinished = await trx
    .selectFrom('webhook_deliveries')
    .select(['delivery_id', 'state'])
    .where('webhook_id', '=', webhookId)
    .where('call_id', '=', callId)
    .where('state', 'in', ['queued', 'waiting'])
    .orderBy('position')
    .execute();
  const [next] = unfinished;
  if (next === undefined || unfinished.some(({ state }) => state === 'waiting')) return;
  await trx
    .updateTable('webhook_deliveries')
    .set({ state: 'waiting' })
    .where('delivery_id', '=', next.delivery_id)
    .execute();
}
