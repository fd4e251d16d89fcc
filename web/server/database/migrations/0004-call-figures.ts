import type { Migration } from './migration.ts';

/** Figures over many calls are read from this alone, and not from the calls' wide rows. */
export const callFigures: Migration = async (trx) => {
  await trx.schema
    .createIndex('calls_figures')
    .on('calls')
    .columns([
      'created_at_ms',
      'agent',
      'state',
      'channel',
      'direction',
      'end_reason',
      'owner_key_id',
      'answered_at_ms',
      'duration_ms',
      'voice_to_voice_p50_ms',
      'voice_to_voice_p95_ms',
    ])
    .execute();
};
