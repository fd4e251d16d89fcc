import { createHash } from 'node:crypto';
import type { CallId } from '@parley/contracts/ids';
import type { Insertable } from 'kysely';
import { monotonicFactory } from 'ulid';
import type { Queries } from '../database/database.ts';
import type { WebhookDeliveriesTable } from '../database/tables.ts';
import type { CallTold } from './call-events.ts';
import { readEvents } from './webhook-row.ts';

/** Rows that are written by one statement. */
const ROWS_AT_ONCE = 100;

/**
 * Notes what receivers are to be told of a call, in the transaction that stores it: either both are kept or neither. The
 * transaction holds the call's row. What was noted before is not noted again.
 */
export async function noteEvents(trx: Queries, callId: CallId, events: readonly CallTold[]): Promise<void> {
  if (events.length === 0) return;
  const webhooks = await trx
    .selectFrom('webhooks')
    .select(['webhook_id', 'events_json', 'created_at_ms'])
    .where('is_enabled', '=', 1)
    .execute();
  const newId = monotonicFactory();
  const rows: Insertable<WebhookDeliveriesTable>[] = [];
  for (const { webhook_id, events_json, created_at_ms } of webhooks) {
    const types = readEvents(events_json);
    const wanted = events.filter(
      ({ message, atMs }) => types.includes(message.type) && atMs >= created_at_ms,
    );
    if (wanted.length === 0) continue;
    const queue = await queueOf(trx, webhook_id, callId);
    let { lastPosition, isWaiting } = queue;
    for (const { key, atMs, message } of wanted) {
      if (queue.keys.has(key)) continue;
      rows.push({
        delivery_id: `dlv_${newId()}`,
        webhook_id,
        event_type: message.type,
        call_id: callId,
        body_json: JSON.stringify(message),
        state: isWaiting ? 'queued' : 'waiting',
        attempts: 0,
        created_at_ms: Math.round(atMs),
        next_attempt_at_ms: 0,
        message_id: messageIdOf(callId, key),
        position: ++lastPosition,
        event_key: key,
      });
      isWaiting = true;
    }
  }
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await trx
      .insertInto('webhook_deliveries')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute();
}

/** What a receiver was told of a call so far, or will be. */
async function queueOf(trx: Queries, webhookId: string, callId: CallId) {
  const rows = await trx
    .selectFrom('webhook_deliveries')
    .select(['event_key', 'position', 'state'])
    .where('webhook_id', '=', webhookId)
    .where('call_id', '=', callId)
    .execute();
  return {
    keys: new Set(rows.map(({ event_key }) => event_key)),
    lastPosition: rows.reduce((last, { position }) => Math.max(last, position), 0),
    isWaiting: rows.some(({ state }) => state === 'queued' || state === 'waiting'),
  };
}

/** The same for the same event at all times, so that a receiver knows it again whoever sends it. */
function messageIdOf(callId: CallId, key: string): string {
  return `msg_${createHash('sha256').update(`${callId} ${key}`).digest('base64url').slice(0, 27)}`;
}
