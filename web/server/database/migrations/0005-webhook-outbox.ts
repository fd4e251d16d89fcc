import type { Migration } from './migration.ts';

/** What sending takes: order in a call, leases, both secrets while they change, and why an endpoint is off. */
export const webhookOutbox: Migration = async (trx) => {
  const { schema } = trx;
  await schema
    .alterTable('webhooks')
    .addColumn('description', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  for (const text of ['former_secret', 'disabled_reason'])
    await schema.alterTable('webhooks').addColumn(text, 'text').execute();
  for (const instant of ['former_secret_ends_at_ms', 'disabled_at_ms', 'failing_since_ms'])
    await schema.alterTable('webhooks').addColumn(instant, 'bigint').execute();

  await schema
    .alterTable('webhook_deliveries')
    .addColumn('message_id', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await schema
    .alterTable('webhook_deliveries')
    .addColumn('position', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  for (const text of ['event_key', 'lease_id', 'fault'])
    await schema.alterTable('webhook_deliveries').addColumn(text, 'text').execute();
  for (const number of ['attempted_at_ms', 'took_ms'])
    await schema.alterTable('webhook_deliveries').addColumn(number, 'bigint').execute();
  await schema
    .createIndex('webhook_deliveries_once')
    .unique()
    .on('webhook_deliveries')
    .columns(['webhook_id', 'call_id', 'event_key'])
    .execute();
  await schema
    .createIndex('webhook_deliveries_in_order')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'call_id', 'position'])
    .execute();
  await schema
    .createIndex('webhook_deliveries_due_of_webhook')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'state', 'next_attempt_at_ms'])
    .execute();
  // The log is read by id, in which the time stands.
  await schema
    .createIndex('webhook_deliveries_newest')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'delivery_id'])
    .execute();
};
