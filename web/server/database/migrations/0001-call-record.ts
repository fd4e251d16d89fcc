import { sql, type Transaction } from 'kysely';
import type { Tables } from '../tables.ts';
import type { Migration } from './migration.ts';

/** Calls, what was said in them, their journals, and the agents that took them. */
export const callRecord: Migration = async (trx, dialect) => {
  const isSqlite = dialect === 'sqlite';
  const blob = isSqlite ? sql`blob` : sql`bytea`;
  await trx.schema
    .createTable('calls')
    .addColumn('number', isSqlite ? 'integer' : 'bigint', (column) =>
      isSqlite ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn('call_id', 'text', (column) => column.notNull().unique())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('direction', 'text', (column) => column.notNull())
    .addColumn('agent', 'text', (column) => column.notNull())
    .addColumn('agent_version', 'integer')
    .addColumn('room_name', 'text', (column) => column.notNull())
    .addColumn('caller', 'text')
    .addColumn('caller_folded', 'text')
    .addColumn('owner_key_id', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('answered_at_ms', 'bigint')
    .addColumn('ended_at_ms', 'bigint')
    .addColumn('duration_ms', 'bigint')
    .addColumn('end_reason', 'text')
    .addColumn('ended_by', 'text')
    .addColumn('is_caller_seen', 'integer', (column) => column.notNull())
    .addColumn('turn_count', 'integer', (column) => column.notNull())
    .addColumn('voice_to_voice_p50_ms', 'double precision')
    .addColumn('voice_to_voice_p95_ms', 'double precision')
    .addColumn('latency_json', 'text', (column) => column.notNull())
    .addColumn('usage_json', 'text', (column) => column.notNull())
    .addColumn('cost_usd', 'double precision')
    .addColumn('recording', 'text', (column) => column.notNull())
    .addColumn('recording_path', 'text')
    .addColumn('continues_call_id', 'text')
    .addColumn('is_behind', 'integer', (column) => column.notNull())
    .execute();
  // The list is read newest first, whole or narrowed by one of these.
  for (const narrowedBy of [[], ['agent'], ['state'], ['end_reason'], ['channel'], ['owner_key_id']])
    await trx.schema
      .createIndex(['calls', ...narrowedBy, 'newest'].join('_'))
      .on('calls')
      .columns([...narrowedBy, 'created_at_ms', 'number'] as never[])
      .execute();

  const ofCall = (table: string) =>
    trx.schema
      .createTable(table)
      .addColumn('call_number', 'bigint', (column) =>
        column.notNull().references('calls.number').onDelete('cascade'),
      );
  await ofCall('call_tags')
    .addColumn('tag', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('call_tags_key', ['tag', 'call_number'] as never[])
    .execute();
  await trx.schema.createIndex('call_tags_of_call').on('call_tags').column('call_number').execute();
  await ofCall('turns')
    .addColumn('id', isSqlite ? 'integer' : 'bigint', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('words', 'text', (column) => column.notNull())
    .addColumn('turn_json', 'text', (column) => column.notNull())
    .execute();
  // For the deletion of a call: its turns are found by their ids otherwise.
  await trx.schema.createIndex('turns_of_call').on('turns').column('call_number').execute();
  for (const [table, json] of [
    ['tool_calls', 'tool_call_json'],
    ['moments', 'moment_json'],
  ] as const)
    await ofCall(table)
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn(json, 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint(`${table}_key`, ['call_number', 'position'] as never[])
      .execute();

  const ofSeat = (table: string) =>
    ofCall(table)
      .addColumn('seat', 'text', (column) => column.notNull())
      .addColumn('generation', 'integer', (column) => column.notNull());
  await ofSeat('journals')
    .addColumn('header_json', 'text', (column) => column.notNull())
    .addColumn('next_seq', 'integer', (column) => column.notNull())
    .addColumn('is_whole', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('journals_key', ['call_number', 'seat', 'generation'] as never[])
    .execute();
  await ofSeat('journal_chunks')
    .addColumn('first_seq', 'integer', (column) => column.notNull())
    .addColumn('line_count', 'integer', (column) => column.notNull())
    .addColumn('lines', blob, (column) => column.notNull())
    .addPrimaryKeyConstraint('journal_chunks_key', [
      'call_number',
      'seat',
      'generation',
      'first_seq',
    ] as never[])
    .execute();

  await trx.schema
    .createTable('seats')
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('seat', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('worker_id', 'text')
    .addPrimaryKeyConstraint('seats_key', ['call_id', 'seat'])
    .execute();
  await trx.schema
    .createTable('tombstones')
    .addColumn('call_id', 'text', (column) => column.primaryKey())
    .addColumn('deleted_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await trx.schema
    .createTable('agents')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('latest_version', 'integer', (column) => column.notNull())
    .addColumn('seen_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await trx.schema
    .createTable('agent_versions')
    .addColumn('agent', 'text', (column) => column.notNull().references('agents.name').onDelete('cascade'))
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('content_hash', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('language', 'text', (column) => column.notNull())
    .addColumn('is_public', 'integer', (column) => column.notNull())
    .addColumn('announced_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('agent_versions_key', ['agent', 'version'])
    .execute();
  await trx.schema
    .createIndex('agent_versions_by_hash')
    .unique()
    .on('agent_versions')
    .columns(['agent', 'content_hash'])
    .execute();
  await (isSqlite ? searchInSqlite(trx) : searchInPostgres(trx));
};

/** The index keeps no text of its own, and triggers hold it to the table, also where a call's rows go with it. */
async function searchInSqlite(trx: Transaction<Tables>): Promise<void> {
  await sql`create virtual table turn_search using fts5(
    words, content='turns', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
  )`.execute(trx);
  // Words of a deleted call leave the index, instead of being marked as gone in it.
  await sql`insert into turn_search (turn_search, rank) values ('secure-delete', 1)`.execute(trx);
  // The words of a deleted turn leave the index at once, and not when it is merged.
  await sql`insert into turn_search (turn_search, rank) values ('secure-delete', 1)`.execute(trx);
  const drop = sql`insert into turn_search (turn_search, rowid, words) values ('delete', old.id, old.words)`;
  const add = sql`insert into turn_search (rowid, words) values (new.id, new.words)`;
  await sql`create trigger turns_added after insert on turns begin ${add}; end`.execute(trx);
  await sql`create trigger turns_removed after delete on turns begin ${drop}; end`.execute(trx);
  await sql`create trigger turns_changed after update of words on turns when old.words <> new.words begin ${drop}; ${add}; end`.execute(
    trx,
  );
}

async function searchInPostgres(trx: Transaction<Tables>): Promise<void> {
  await sql`alter table turns add column search tsvector
    generated always as (to_tsvector('simple', words)) stored`.execute(trx);
  await sql`create index turn_search on turns using gin (search)`.execute(trx);
}
