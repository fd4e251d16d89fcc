import { callRecord } from './0001-call-record.ts';
import { access } from './0002-access.ts';
import { webhooks } from './0003-webhooks.ts';
import { callFigures } from './0004-call-figures.ts';
import { webhookOutbox } from './0005-webhook-outbox.ts';
import type { Migration } from './migration.ts';

/** In order; a database notes how many it has. */
export const MIGRATIONS: readonly Migration[] = [callRecord, access, webhooks, callFigures, webhookOutbox];
