import type { Migration } from './migration.ts';

/** Receivers of events, and the outbox of what they are told. */
export const webhooks: Migration = async (trx) => {
  await trx.schema
    .createTable('webhooks')
    .addColumn('webhook_id', 'text', (column) => column.primaryKey())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('events_json', 'text', (column) => column.notNull())
    .addColumn('is_enabled', 'integer', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await trx.schema
    .createTable('webhook_deliveries')
    .addColumn('delivery_id', 'text', (column) => column.primaryKey())
    .addColumn('webhook_id', 'text', (column) =>
      column.notNull().references('webhooks.webhook_id').onDelete('cascade'),
    )
    .addColumn('event_type', 'text', (column) => column.notNull())
    .addColumn('call_id', 'text')
    .addColumn('body_json', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('next_attempt_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('leased_until_ms', 'bigint')
    .addColumn('answer_status', 'integer')
    .addColumn('answer_note', 'text')
    .execute();
  const index = (
    name: string,
    columns: ('state' | 'next_attempt_at_ms' | 'webhook_id' | 'created_at_ms' | 'call_id')[],
  ) => trx.schema.createIndex(name).on('webhook_deliveries').columns(columns).execute();
  await index('webhook_deliveries_due', ['state', 'next_attempt_at_ms']);
  await index('webhook_deliveries_of_webhook', ['webhook_id', 'created_at_ms']);
  await index('webhook_deliveries_of_call', ['call_id']);
};
