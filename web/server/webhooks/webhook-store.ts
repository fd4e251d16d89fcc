import type { MadeWebhook, NewWebhook, Webhook, WebhookChange } from '@parley/contracts/webhooks';
import type { Updateable } from 'kysely';
import { ulid } from 'ulid';
import { storableText } from '../calls/call-row.ts';
import type { Database } from '../database/database.ts';
import type { WebhooksTable } from '../database/tables.ts';
import { makeWebhookSecret } from './signature.ts';
import { webhookOf } from './webhook-row.ts';

/** How long every attempt may fail until nothing more is sent, in ms. */
const FAILING_LIMIT_MS = 3 * 24 * 60 * 60_000;

/** The endpoints that are told of calls. */
export interface WebhookStore {
  /** The secret stands in the answer, and in no later one. */
  make(wanted: NewWebhook): Promise<MadeWebhook>;
  /** The newest first. */
  list(): Promise<readonly Webhook[]>;
  find(webhookId: string): Promise<Webhook | null>;
  /** Null where there is none. Enabled again, it counts as sound until it fails anew. */
  change(webhookId: string, change: WebhookChange): Promise<Webhook | null>;
  /** Makes another secret; messages carry signatures by both for a while. Null where there is none. */
  rotate(webhookId: string, overlapMs: number): Promise<MadeWebhook | null>;
  /** Deletes it with all that waits for it, and its log. False where there is none. */
  remove(webhookId: string): Promise<boolean>;
  /** An attempt ended. Resolves with the reason where the endpoint is off from now on. */
  attempted(webhookId: string, outcome: 'delivered' | 'failed' | 'gone'): Promise<'failing' | 'gone' | null>;
}

export function createWebhookStore(deps: {
  readonly database: () => Database;
  readonly nowEpochMs: () => number;
}): WebhookStore {
  const { database, nowEpochMs } = deps;
  const find = async (webhookId: string): Promise<Webhook | null> => {
    const row = await database()
      .db.selectFrom('webhooks')
      .selectAll()
      .where('webhook_id', '=', webhookId)
      .executeTakeFirst();
    return row === undefined ? null : webhookOf(row, nowEpochMs());
  };
  const update = (webhookId: string, columns: Updateable<WebhooksTable>) =>
    database().db.updateTable('webhooks').set(columns).where('webhook_id', '=', webhookId);
  const disabled = (reason: NonNullable<WebhooksTable['disabled_reason']>) => {
    return { is_enabled: 0, disabled_reason: reason, disabled_at_ms: nowEpochMs() };
  };

  return {
    async make({ url, events, description }) {
      const secret = makeWebhookSecret();
      const row = {
        webhook_id: `wh_${ulid()}`,
        url,
        secret,
        events_json: JSON.stringify(events),
        is_enabled: 1,
        created_at_ms: nowEpochMs(),
        description: storableText(description),
        former_secret: null,
        former_secret_ends_at_ms: null,
        disabled_reason: null,
        disabled_at_ms: null,
        failing_since_ms: null,
      };
      await database().db.insertInto('webhooks').values(row).execute();
      return { ...webhookOf(row, nowEpochMs()), secret };
    },
    async list() {
      const rows = await database()
        .db.selectFrom('webhooks')
        .selectAll()
        .orderBy('created_at_ms', 'desc')
        .orderBy('webhook_id', 'desc')
        .execute();
      return rows.map((row) => webhookOf(row, nowEpochMs()));
    },
    find,
    async change(webhookId, { url, events, description, isEnabled }) {
      const known = await find(webhookId);
      if (known === null) return null;
      const isSwitched = isEnabled !== undefined && isEnabled !== (known.state.kind === 'enabled');
      const enabled = { is_enabled: 1, disabled_reason: null, disabled_at_ms: null, failing_since_ms: null };
      const columns: Updateable<WebhooksTable> = {
        ...(url === undefined ? {} : { url }),
        ...(events === undefined ? {} : { events_json: JSON.stringify(events) }),
        ...(description === undefined ? {} : { description: storableText(description) }),
        ...(isSwitched ? (isEnabled ? enabled : disabled('by_operator')) : {}),
      };
      if (Object.keys(columns).length > 0) await update(webhookId, columns).execute();
      return find(webhookId);
    },
    async rotate(webhookId, overlapMs) {
      const secret = makeWebhookSecret();
      await database()
        .db.updateTable('webhooks')
        .set(({ ref }) => {
          return {
            former_secret: ref('secret'),
            former_secret_ends_at_ms: nowEpochMs() + overlapMs,
            secret,
          };
        })
        .where('webhook_id', '=', webhookId)
        .execute();
      const webhook = await find(webhookId);
      return webhook === null ? null : { ...webhook, secret };
    },
    async remove(webhookId) {
      const { numDeletedRows } = await database()
        .db.deleteFrom('webhooks')
        .where('webhook_id', '=', webhookId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async attempted(webhookId, outcome) {
      if (outcome === 'delivered') {
        await update(webhookId, { failing_since_ms: null })
          .where('failing_since_ms', 'is not', null)
          .execute();
        return null;
      }
      await update(webhookId, { failing_since_ms: nowEpochMs() })
        .where('failing_since_ms', 'is', null)
        .execute();
      const reason = outcome === 'gone' ? 'gone' : 'failing';
      const { numUpdatedRows } = await update(webhookId, disabled(reason))
        .where('is_enabled', '=', 1)
        .$if(reason === 'failing', (query) =>
          query.where('failing_since_ms', '<=', nowEpochMs() - FAILING_LIMIT_MS),
        )
        .executeTakeFirst();
      return numUpdatedRows > 0n ? reason : null;
    },
  };
}
