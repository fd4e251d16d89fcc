import { type Webhook, webhookEventTypeSchema } from '@parley/contracts/webhooks';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { WebhooksTable } from '../database/tables.ts';

const eventsSchema = z.array(webhookEventTypeSchema);

export function readEvents(json: string): Webhook['events'] {
  return eventsSchema.parse(JSON.parse(json));
}

/** A row as the API shows it: without its secrets. */
export function webhookOf(row: Selectable<WebhooksTable>, nowEpochMs: number): Webhook {
  const isFormerInUse = row.former_secret !== null && (row.former_secret_ends_at_ms ?? 0) > nowEpochMs;
  return {
    webhookId: row.webhook_id,
    url: row.url,
    events: readEvents(row.events_json),
    description: row.description,
    state:
      row.is_enabled === 1
        ? { kind: 'enabled' }
        : {
            kind: 'disabled',
            reason: row.disabled_reason ?? 'by_operator',
            atMs: row.disabled_at_ms ?? row.created_at_ms,
          },
    failingSinceMs: row.failing_since_ms,
    formerSecretEndsAtMs: isFormerInUse ? row.former_secret_ends_at_ms : null,
    createdAtMs: row.created_at_ms,
  };
}

/** The secrets that sign at that instant, the newer first. */
export function secretsAt(
  row: Pick<Selectable<WebhooksTable>, 'secret' | 'former_secret' | 'former_secret_ends_at_ms'>,
  epochMs: number,
): readonly string[] {
  const { secret, former_secret, former_secret_ends_at_ms } = row;
  return former_secret !== null && (former_secret_ends_at_ms ?? 0) > epochMs
    ? [secret, former_secret]
    : [secret];
}
