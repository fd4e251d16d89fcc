import type { CallFilter } from '@parley/contracts/calls-api';
import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { foldText } from './search-words.ts';

/** A query for calls, to be gone on with. */
export type CallsQuery = SelectQueryBuilder<Tables, 'calls', object>;

/** The calls that fit every field of a filter but `q`, among those that may be known of. */
export function callsThatFit({ db }: Database, filter: Omit<CallFilter, 'q'>, scope: CallScope): CallsQuery {
  const { agent, state, channel, direction, endReason, from, to, minDurationMs, tag, caller } = filter;
  return db
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
