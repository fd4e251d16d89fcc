import type { CallFilter } from '@parley/contracts/calls-api';
import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { IDS_PER_CALL, type Tables } from '../database/tables.ts';
import { foldText, searchWords } from './search-words.ts';

/** A query for calls, to be gone on with. */
export type CallsQuery = SelectQueryBuilder<Tables, 'calls', object>;

/**
 * Turns up to which a search is rare: their calls are gathered first. Of words that are in more turns the next call to be
 * listed is soon found by looking into one after the other.
 */
const RARE_TURNS = 5_000;

/** The calls that fit every field of a filter, among those that may be known of; a new query at each call. */
export async function callsThatFit(
  database: Database,
  filter: CallFilter,
  scope: CallScope,
): Promise<() => CallsQuery> {
  const { agent, state, channel, direction, endReason, from, to, minDurationMs, tag, caller, q } = filter;
  const said = q === undefined ? undefined : await saidCondition(database, q);
  return () =>
    database.db
      .selectFrom('calls')
      .where((eb) =>
        eb.and([
          ...(scope.kind === 'ofKey' ? [eb('owner_key_id', '=', scope.keyId)] : []),
          ...given(agent, (value) => eb('agent', '=', value)),
          ...given(state, (value) => eb('state', '=', value)),
          ...given(channel, (value) => eb('channel', '=', value)),
          ...given(direction, (value) => eb('direction', '=', value)),
          ...given(endReason, (value) => eb('end_reason', '=', value)),
          ...given(from, (value) => eb('created_at_ms', '>=', value)),
          ...given(to, (value) => eb('created_at_ms', '<', value)),
          ...given(minDurationMs, (value) => eb('duration_ms', '>=', value)),
          ...given(tag, (value) =>
            eb('number', 'in', eb.selectFrom('call_tags').select('call_number').where('tag', '=', value)),
          ),
          ...given(caller, (value) => sql<SqlBool>`caller_folded like ${likePattern(value)} escape '\\'`),
          ...given(said, (value) => value),
        ]),
      );
}

function given<T>(value: T | undefined, condition: (value: T) => Expression<SqlBool>): Expression<SqlBool>[] {
  return value === undefined ? [] : [condition(value)];
}

/** Part of a text, whatever signs are in it. */
function likePattern(part: string): string {
  return `%${foldText(part).replace(/[\\%_]/g, '\\$&')}%`;
}

async function saidCondition({ db, dialect }: Database, q: string): Promise<Expression<SqlBool>> {
  const question = searchQuestion(dialect, q);
  if (question === null) return sql<SqlBool>`1 = 0`;
  if (dialect === 'postgres')
    return sql<SqlBool>`number in (select call_number from turns where search @@ to_tsquery('simple', ${question}))`;
  const found = sql`select rowid from turn_search where turn_search match ${question}`;
  const { rows } = await sql<{ turns: number }>`
    select count(*) as turns from (${found} limit ${sql.lit(RARE_TURNS + 1)})`.execute(db);
  const isRare = (rows[0]?.turns ?? 0) <= RARE_TURNS;
  const ids = sql.lit(IDS_PER_CALL);
  return isRare
    ? sql<SqlBool>`number in (select rowid / ${ids} from turn_search where turn_search match ${question})`
    : sql<SqlBool>`exists (${found} and rowid >= number * ${ids} and rowid < (number + 1) * ${ids})`;
}

/** The words of a search as its database asks for them: all of them, the last as the beginning of one. Null where there is none. */
export function searchQuestion(dialect: Database['dialect'], q: string): string | null {
  const words = searchWords(q);
  if (words.length === 0) return null;
  // Letters and digits alone: nothing in them is a sign of either language.
  if (dialect === 'sqlite') return `${words.map((word) => `"${word}"`).join(' ')}*`;
  return `${words.map((word) => `'${word}'`).join(' & ')}:*`;
}
