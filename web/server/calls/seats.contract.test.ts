import { callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteAgent, versionAt } from '../agents/agent-rows.ts';
import type { Database } from '../database/database.ts';
import { databaseKinds, type TestData } from '../database/testing/test-databases.ts';
import { workerReport } from '../testing/test-app.ts';
import { enterCall, noteCallerSeen, runningCalls, takeSeat } from './call-rows.ts';

describe.each(databaseKinds())('on $name', (kind) => {
  let data: TestData;
  let servers: readonly Database[];
  beforeAll(async () => {
    await kind.start();
    data = await kind.newData();
    servers = kind.isShared ? [await data.open(), await data.open()] : [await data.open()];
  });
  afterAll(async () => {
    await data?.close();
    await kind.stop();
  });
  const onEach = <T>(count: number, task: (database: Database, index: number) => Promise<T>) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => {
        const database = servers[index % servers.length];
        if (database === undefined) throw new Error('there is no server');
        return task(database, index);
      }),
    );

  it('a seat has one taker, however many servers ask at once, and no lower generation after it', async () => {
    const callId = callIdSchema.parse('RM_seat');
    const take = ({ db }: Database, generation: number, workerId: string) =>
      takeSeat(db, { callId, seat: MAIN_SEAT, generation, workerId });
    const takers = await onEach(8, (database, index) => take(database, 2, `worker-${index}`));
    expect(new Set(takers.map(({ workerId }) => workerId)).size).toBe(1);
    const [lower] = await onEach(1, (database) => take(database, 1, 'late'));
    expect(lower).toEqual(takers[0]);
    const [higher] = await onEach(1, (database) => take(database, 3, 'next'));
    expect(higher).toEqual({ generation: 3, workerId: 'next' });
  });

  it('a call is entered once, and is running with what was seen of it', async () => {
    const callId = callIdSchema.parse('RM_entered');
    const call = { callId, roomName: 'call-1', agent: 'desk', ownerKeyId: null, createdAtMs: 1_000.4 };
    const entered = await onEach(4, ({ db }) => enterCall(db, call));
    expect(entered.filter(Boolean)).toHaveLength(1);
    await onEach(2, ({ db }) => noteCallerSeen(db, callId));
    const [running] = await onEach(1, ({ db }) => runningCalls(db));
    expect(running).toContainEqual({ callId, isAnswered: false, isCallerSeen: true, hadAgent: false });
  });

  it('a definition of an agent is one version, whoever announces it', async () => {
    const [agent] = workerReport().agents;
    if (agent === undefined) throw new Error('the report names no agent');
    await onEach(6, (database) => noteAgent(database, agent, 1_000));
    await onEach(6, (database) => noteAgent(database, { ...agent, contentHash: 'another' }, 2_000));
    await onEach(2, (database) => noteAgent(database, agent, 3_000));
    const [db] = servers;
    if (db === undefined) throw new Error('there is no server');
    expect(await versionAt(db.db, agent.name, 999)).toBeNull();
    expect(await versionAt(db.db, agent.name, 1_500)).toBe(1);
    expect(await versionAt(db.db, agent.name, 9_000)).toBe(2);
  });
});
