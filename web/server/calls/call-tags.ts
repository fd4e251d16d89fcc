import type { Queries } from '../database/database.ts';

/** The tags of calls, each call's in order of the alphabet. */
export async function tagsOf(
  queries: Queries,
  callNumbers: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (callNumbers.length === 0) return new Map();
  const rows = await queries
    .selectFrom('call_tags')
    .select(['call_number', 'tag'])
    .where('call_number', 'in', [...callNumbers])
    .orderBy('tag')
    .execute();
  const tags = new Map<number, string[]>();
  for (const { call_number, tag } of rows) tags.set(call_number, [...(tags.get(call_number) ?? []), tag]);
  return tags;
}
