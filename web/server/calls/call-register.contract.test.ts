import { callIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgentRegister } from '../agents/agent-register.ts';
import type { Database } from '../database/database.ts';
import { DatabaseError } from '../database/database-error.ts';
import { sqliteData } from '../database/testing/test-databases.ts';
import { workerReport } from '../testing/test-app.ts';
import type { CallChange } from './call-change.ts';
import { createCallRegister } from './call-register.ts';

const log = pino({ level: 'silent' });
const nowEpochMs = () => 1_795_000_000_000;
const away = (): Database => {
  throw new DatabaseError('unreachable', 'there is no database');
};
const callId = callIdSchema.parse('RM_1');
const opened = { callId, roomName: 'call-1', agent: null, ownerKeyId: 'key-1' };
const human = { sid: 'PA_1', role: 'human', generation: 1 } as const;

let data: Awaited<ReturnType<typeof sqliteData>>;
let database: Database;
beforeAll(async () => {
  data = await sqliteData();
  database = await data.open();
});
afterAll(() => data.close());

function register(of: () => Database) {
  const changes: CallChange[] = [];
  const onStored = (change: CallChange) => void changes.push(change);
  const made = createCallRegister({ database: of, defaultAgent: () => 'desk', nowEpochMs, onStored, log });
  return { ...made, changes };
}

describe('what the server sees of calls itself', () => {
  it('is noted, and told to who follows the running calls', async () => {
    const calls = register(() => database);
    calls.opened(opened);
    await calls.close();
    const call = { callId, state: 'waiting', agent: 'desk', createdAtMs: nowEpochMs() };
    expect(calls.changes).toMatchObject([{ call, ownerKeyId: 'key-1', turns: [] }]);
    calls.roomNews({ type: 'personJoined', callId, roomName: 'call-1', person: human });
    await calls.close();
    const row = await database.db.selectFrom('calls').selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ call_id: 'RM_1', state: 'waiting', is_caller_seen: 1 });
  });

  it('holds up no call while the database is away', async () => {
    const calls = register(away);
    calls.opened(opened);
    calls.roomNews({ type: 'personJoined', callId, roomName: 'call-1', person: human });
    await calls.close();
    expect(calls.changes).toEqual([]);
  });
});

describe('agents that workers announce', () => {
  it('become versions, also where the database was away at first', async () => {
    let current = away;
    const agents = createAgentRegister({ database: () => current(), nowEpochMs, log });
    agents.report(workerReport());
    await agents.close();
    current = () => database;
    agents.report(workerReport());
    await agents.close();
    const [agent] = workerReport().agents;
    if (agent === undefined) throw new Error('the report names no agent');
    agents.report(workerReport({ agents: [{ ...agent, contentHash: 'another', isPublic: true }] }));
    await agents.close();
    const versions = await database.db.selectFrom('agent_versions').selectAll().orderBy('version').execute();
    expect(versions).toMatchObject([
      { agent: 'receptionist', version: 1, content_hash: 'hash', is_public: 0 },
      { agent: 'receptionist', version: 2, content_hash: 'another', is_public: 1 },
    ]);
  });
});
