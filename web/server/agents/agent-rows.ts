import type { AgentSummary } from '@parley/contracts/internal-api';
import type { Database, Queries } from '../database/database.ts';

/** Notes that a worker announces an agent: a definition that was never seen becomes its next version. */
export async function noteAgent(database: Database, agent: AgentSummary, nowMs: number): Promise<void> {
  const { name, title, description, language, isPublic, contentHash } = agent;
  const seenAtMs = Math.round(nowMs);
  await database.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('agents')
      .values({ name, latest_version: 0, seen_at_ms: seenAtMs })
      .onConflict((on) => on.column('name').doUpdateSet({ seen_at_ms: seenAtMs }))
      .execute();
    // The row of the agent is this transaction's now: two servers do not count the same version twice.
    const known = await trx
      .selectFrom('agent_versions')
      .select('version')
      .where('agent', '=', name)
      .where('content_hash', '=', contentHash)
      .executeTakeFirst();
    if (known !== undefined) return;
    const { latest_version } = await trx
      .updateTable('agents')
      .set((by) => ({ latest_version: by('latest_version', '+', 1) }))
      .where('name', '=', name)
      .returning('latest_version')
      .executeTakeFirstOrThrow();
    const announced = { announced_at_ms: seenAtMs, content_hash: contentHash, is_public: isPublic ? 1 : 0 };
    await trx
      .insertInto('agent_versions')
      .values({ agent: name, version: latest_version, title, description, language, ...announced })
      .execute();
  });
}

/** The version of an agent that was announced last before an instant; null where none is known from before it. */
export async function versionAt(queries: Queries, agent: string, atMs: number): Promise<number | null> {
  const found = await queries
    .selectFrom('agent_versions')
    .select('version')
    .where('agent', '=', agent)
    .where('announced_at_ms', '<=', Math.round(atMs))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found?.version ?? null;
}
