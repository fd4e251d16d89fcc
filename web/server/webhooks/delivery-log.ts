import { callIdSchema } from '@parley/contracts/ids';
import {
  type DeliveryList,
  type DeliveryListRequest,
  type WebhookDelivery,
  webhookDeliverySchema,
} from '@parley/contracts/webhooks';
import type { Selectable } from 'kysely';
import type { Database } from '../database/database.ts';
import type { WebhookDeliveriesTable } from '../database/tables.ts';

/** How long what is done with stays in the log, in ms. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** What was sent to an endpoint and what waits, the newest first, page by page. */
export async function deliveriesOf(
  { db }: Database,
  webhookId: string,
  { state, limit, cursor }: DeliveryListRequest,
): Promise<DeliveryList> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'waiting'))
    .$if(cursor !== undefined, (query) => query.where('delivery_id', '<', cursor ?? ''))
    .orderBy('delivery_id', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  return {
    deliveries: shown.map(deliveryOf),
    nextCursor: rows.length > limit ? (shown.at(-1)?.delivery_id ?? null) : null,
  };
}

export async function findDelivery({ db }: Database, deliveryId: string): Promise<WebhookDelivery | null> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirst();
  return row === undefined ? null : deliveryOf(row);
}

/**
 * Lets a message that is done with be sent anew, and one that waits be sent at once. One that an earlier message of its
 * call holds up stays where it is.
 */
export async function sendAgain({ db }: Database, deliveryId: string, nowEpochMs: number): Promise<void> {
  const change = db.updateTable('webhook_deliveries').where('delivery_id', '=', deliveryId);
  await change
    .set({ state: 'waiting', attempts: 0, next_attempt_at_ms: nowEpochMs })
    .where('state', 'in', ['delivered', 'given_up'])
    .execute();
  await change.set({ next_attempt_at_ms: nowEpochMs }).where('state', '=', 'waiting').execute();
}

export async function purgeLog({ db }: Database, nowEpochMs: number): Promise<void> {
  await db
    .deleteFrom('webhook_deliveries')
    .where('state', 'in', ['delivered', 'given_up'])
    .where('attempted_at_ms', '<', nowEpochMs - KEPT_MS)
    .execute();
}

function deliveryOf(row: Selectable<WebhookDeliveriesTable>): WebhookDelivery {
  return {
    deliveryId: row.delivery_id,
    webhookId: row.webhook_id,
    messageId: row.message_id,
    type: webhookDeliverySchema.shape.type.parse(row.event_type),
    callId: row.call_id === null ? null : callIdSchema.parse(row.call_id),
    state: row.state,
    attempts: row.attempts,
    createdAtMs: row.created_at_ms,
    // Before its first attempt a message is due from its beginning on.
    nextAttemptAtMs: row.state === 'waiting' ? Math.max(row.next_attempt_at_ms, row.created_at_ms) : null,
    lastAttempt:
      row.attempted_at_ms === null
        ? null
        : {
            atMs: row.attempted_at_ms,
            tookMs: row.took_ms ?? 0,
            status: row.answer_status,
            fault: row.fault,
            answer: row.answer_note ?? '',
          },
  };
}
