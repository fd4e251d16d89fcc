import { callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { storedJournalsSchema } from '@parley/contracts/internal-api';
import { NO_PRICES, priceTableSchema } from '@parley/engine/cost/price-table';
import type { CountedUsage } from '@parley/engine/cost/usage-by-model';
import { fold, read, type TestJournal } from '@parley/engine/record/testing/folded-call';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { databaseKinds, type TestData } from '../database/testing/test-databases.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import type { CallChange } from './call-change.ts';
import { createCallRecorder } from './call-recorder.ts';
import { summaryOfRow } from './call-row.ts';
import { journalsJson } from './journal-rows.ts';
import { journalOfCall, shipmentOf } from './testing/test-shipments.ts';

const TALK = ['what are your prices', 'and on sundays', 'thank you'];

function recorderOn(database: Database, prices = NO_PRICES) {
  const clock = createVirtualClock();
  const changes: CallChange[] = [];
  const recorder = createCallRecorder({
    database: () => database,
    prices,
    clock,
    log: pino({ level: 'silent' }),
    onStored: (change) => void changes.push(change),
  });
  return { ...recorder, clock, changes };
}

/** Whatever is stored of a call but its number. */
async function storedCall({ db }: Database, callId: string) {
  const { number, ...row } = await db
    .selectFrom('calls')
    .selectAll()
    .where('call_id', '=', callId)
    .executeTakeFirstOrThrow();
  const turns = await db
    .selectFrom('turns')
    .selectAll()
    .where('call_number', '=', number)
    .orderBy('id')
    .execute();
  const toolCalls = await db
    .selectFrom('tool_calls')
    .selectAll()
    .where('call_number', '=', number)
    .orderBy('position')
    .execute();
  const moments = await db
    .selectFrom('moments')
    .selectAll()
    .where('call_number', '=', number)
    .orderBy('position')
    .execute();
  return {
    row,
    words: turns.map(({ words }) => words),
    turns: turns.map(({ turn_json }) => JSON.parse(turn_json)),
    toolCalls: toolCalls.map(({ tool_call_json }) => JSON.parse(tool_call_json)),
    moments: moments.map(({ moment_json }) => JSON.parse(moment_json)),
  };
}

/** What the fold tells of journals, as JSON keeps it. */
function toldOf(journals: readonly TestJournal[]) {
  const { turns, toolCalls, moments } = read(fold(journals));
  return JSON.parse(JSON.stringify({ turns, toolCalls, moments }));
}

describe.each(databaseKinds())('the journals of calls on $name', (kind) => {
  let data: TestData;
  let database: Database;
  beforeAll(async () => {
    await kind.start();
    data = await kind.newData();
    database = await data.open();
  });
  afterAll(async () => {
    await data?.close();
    await kind.stop();
  });

  it('tell that a running call is recorded, where its agent says so', async () => {
    const { store } = recorderOn(database);
    const stored = async (callId: string, recording: string) => {
      const { header, lines } = journalOfCall(callId, { texts: TALK });
      const journal = { header: { ...header, settings: { ...header.settings, recording } }, lines };
      await store(shipmentOf(journal, 0, Math.floor(lines.length / 2)));
      return (await storedCall(database, callId)).row.recording;
    };
    expect(await stored('RM_recorded', 'unasked')).toBe('pending');
    expect(await stored('RM_asking', 'afterConsent')).toBe('pending');
    expect(await stored('RM_silent', 'none')).toBe('none');
  });

  it('get their cost from the price table, by model, and none where a model has no price', async () => {
    const prices = priceTableSchema.parse({
      stt: { ear: { '*': { perAudioMinute: 0.06 } } },
      tts: { mouth: { one: { perMillionCharacters: 10 } } },
    });
    const { store, changes } = recorderOn(database, prices);
    const heard = { stage: 'stt', provider: 'ear', model: 'm', audioMs: 60_000 } as const;
    const said = { stage: 'tts', provider: 'mouth', model: 'one', characters: 1_000 } as const;
    const costOf = async (callId: string, usage: readonly CountedUsage[]) => {
      await store(shipmentOf(journalOfCall(callId, { texts: TALK, usage })));
      const call = changes.at(-1)?.call;
      return { costUsd: call?.costUsd, byModel: call?.usage.byModel.map(({ costUsd }) => costUsd) };
    };
    expect(await costOf('RM_priced', [heard, said])).toEqual({ costUsd: 0.07, byModel: [0.06, 0.01] });
    const other = { ...said, model: 'two' };
    expect(await costOf('RM_unpriced', [heard, other])).toEqual({ costUsd: null, byModel: [0.06, null] });
    expect(await costOf('RM_uncounted', [])).toEqual({ costUsd: null, byModel: [] });
  });

  it('are shown where they were stored before models were told apart', async () => {
    const { store } = recorderOn(database);
    await store(shipmentOf(journalOfCall('RM_old', { texts: TALK })));
    const { byModel, ...usage } = JSON.parse((await storedCall(database, 'RM_old')).row.usage_json);
    expect(byModel).toEqual([]);
    await database.db
      .updateTable('calls')
      .set({ usage_json: JSON.stringify({ ...usage, ttsCharacters: 7 }) })
      .where('call_id', '=', 'RM_old')
      .execute();
    const row = (await storedCall(database, 'RM_old')).row;
    expect(summaryOfRow({ ...row, number: 1 }, []).usage).toEqual({
      ...usage,
      ttsCharacters: 7,
      byModel: [],
    });
  });

  it('make the rows of their call as they come', async () => {
    const { store, changes } = recorderOn(database);
    const journal = journalOfCall('RM_whole', { texts: TALK });
    const half = Math.floor(journal.lines.length / 2);
    expect(await store(shipmentOf(journal, 0, half))).toEqual({
      kind: 'stored',
      nextSeq: half,
      heldGeneration: 1,
    });
    expect((await storedCall(database, 'RM_whole')).row).toMatchObject({ state: 'active', end_reason: null });
    expect(await store(shipmentOf(journal, half))).toMatchObject({ nextSeq: journal.lines.length });
    const stored = await storedCall(database, 'RM_whole');
    expect(stored).toMatchObject(toldOf([journal]));
    expect(stored.words).toContain('what are your prices');
    expect(stored.row).toMatchObject({
      state: 'ended',
      end_reason: 'caller_left',
      ended_by: 'agent',
      agent: 'desk',
      turn_count: stored.turns.length,
      is_behind: 0,
    });
    expect(changes.at(-1)?.call).toMatchObject({
      callId: 'RM_whole',
      state: 'ended',
      endReason: 'caller_left',
    });
  });

  it('are given back as they came', async () => {
    const { store } = recorderOn(database);
    const journal = journalOfCall('RM_back', { texts: TALK });
    for (const [from, to] of [
      [0, 10],
      [10, 11],
      [11, undefined],
    ] as const)
      await store(shipmentOf(journal, from, to));
    const next = journalOfCall('RM_back', { texts: ['hello'], generation: 2 });
    await store(shipmentOf(next));
    const json = await journalsJson(database.db, callIdSchema.parse('RM_back'), MAIN_SEAT);
    expect(storedJournalsSchema.parse(JSON.parse(json))).toEqual({ journals: [journal, next] });
    const none = await journalsJson(database.db, callIdSchema.parse('RM_none'), MAIN_SEAT);
    expect(JSON.parse(none)).toEqual({ journals: [] });
  });

  it('with a gap are not taken, and the sender is told from where on', async () => {
    const { store } = recorderOn(database);
    const journal = journalOfCall('RM_gap', { texts: TALK });
    await store(shipmentOf(journal, 0, 5));
    expect(await store(shipmentOf(journal, 6, 20))).toMatchObject({ kind: 'stored', nextSeq: 5 });
    expect(await store(shipmentOf(journal, 3, 20))).toMatchObject({ kind: 'stored', nextSeq: 20 });
  });

  it('whose lines are not one journal are refused', async () => {
    const { store } = recorderOn(database);
    const journal = journalOfCall('RM_mixed', { texts: TALK });
    const [first, , third] = journal.lines;
    if (first === undefined || third === undefined) throw new Error('the journal is too short');
    expect(() => store({ header: journal.header, lines: [first, third], isLast: false })).toThrow(
      /lines\[1\]/,
    );
  });

  it('of a deleted call are answered with that, and store nothing', async () => {
    const { store } = recorderOn(database);
    const journal = journalOfCall('RM_deleted', { texts: TALK });
    await store(shipmentOf(journal, 0, 10));
    await database.db.insertInto('tombstones').values({ call_id: 'RM_deleted', deleted_at_ms: 1 }).execute();
    await database.db.deleteFrom('calls').where('call_id', '=', 'RM_deleted').execute();
    expect(await store(shipmentOf(journal, 10))).toEqual({ kind: 'deleted' });
    for (const table of ['turns', 'journals', 'journal_chunks', 'moments'] as const) {
      const left = await database.db
        .selectFrom(table)
        .leftJoin('calls', 'calls.number', `${table}.call_number`)
        .where('calls.number', 'is', null)
        .select(`${table}.call_number`)
        .execute();
      expect(left).toEqual([]);
    }
  });

  it('of an earlier generation that come late are shown in their place', async () => {
    const { store, clock } = recorderOn(database);
    const first = journalOfCall('RM_late', { texts: TALK, leaves: false });
    const second = journalOfCall('RM_late', { texts: ['hello again'], generation: 2 });
    await store(shipmentOf(first, 0, 30));
    await store(shipmentOf(second));
    expect((await storedCall(database, 'RM_late')).row.state).toBe('ended');
    for (let from = 30; from < first.lines.length; from += 50)
      await store(shipmentOf(first, from, from + 50));
    expect((await storedCall(database, 'RM_late')).row.is_behind).toBe(1);
    await clock.advance(1_000);
    await expect
      .poll(async () => (await storedCall(database, 'RM_late')).row.is_behind, { timeout: 20_000 })
      .toBe(0);
    const stored = await storedCall(database, 'RM_late');
    expect(stored).toMatchObject(toldOf([first, second]));
    expect(stored.row).toMatchObject({ state: 'ended', end_reason: 'caller_left' });
  });

  it('that do not tell the end of their call are ended by the server, until they do', async () => {
    const { store, end } = recorderOn(database);
    const journal = journalOfCall('RM_lost', { texts: TALK });
    const half = Math.floor(journal.lines.length / 2);
    await store(shipmentOf(journal, 0, half));
    const callId = callIdSchema.parse('RM_lost');
    const atMs = journal.header.startedAtEpochMs + 60_000;
    await end(callId, { atMs, reason: 'agent_lost' });
    expect((await storedCall(database, 'RM_lost')).row).toMatchObject({
      state: 'ended',
      end_reason: 'agent_lost',
      ended_by: 'server',
      ended_at_ms: atMs,
      is_behind: 0,
    });
    await store(shipmentOf(journal, half, half + 3));
    expect((await storedCall(database, 'RM_lost')).row).toMatchObject({ end_reason: 'agent_lost' });
    await store(shipmentOf(journal, half + 3));
    const stored = await storedCall(database, 'RM_lost');
    expect(stored).toMatchObject(toldOf([journal]));
    expect(stored.row).toMatchObject({ end_reason: 'caller_left', ended_by: 'agent' });
    await end(callId, { atMs, reason: 'agent_lost' });
    expect((await storedCall(database, 'RM_lost')).row.end_reason).toBe('caller_left');
  });

  it('are held by the highest generation of their seat', async () => {
    const { store } = recorderOn(database);
    const second = journalOfCall('RM_held', { texts: [], generation: 2 });
    await store(shipmentOf(second, 0, 3));
    const first = journalOfCall('RM_held', { texts: [] });
    expect(await store(shipmentOf(first, 0, 3))).toMatchObject({ heldGeneration: 2 });
  });

  it('make the same rows however they are cut, repeated and mixed up', async () => {
    const journal = journalOfCall('RM_template', { texts: TALK });
    const whole = toldOf([journal]);
    const count = journal.lines.length;
    const cuts = fc.array(fc.tuple(fc.nat(count), fc.nat(count)), { minLength: 1, maxLength: 12 });
    const servers = kind.isShared ? [database, await data.open()] : [database];
    let made = 0;
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (ranges, isAtOnce) => {
        const callId = callIdSchema.parse(`RM_cut_${++made}`);
        const own = {
          header: { ...journal.header, callId },
          lines: journal.lines.map((line) => ({ ...line, callId })),
        };
        const recorders = servers.map((server) => recorderOn(server));
        const ship = (index: number, from: number, to: number) => {
          const recorder = recorders[index % recorders.length];
          if (recorder === undefined) throw new Error('there is no server');
          return recorder.store({ ...shipmentOf(own, from, to), isLast: false });
        };
        const shipped = ranges.map(
          ([one, other], index) =>
            () =>
              ship(index, Math.min(one, other), Math.max(one, other)),
        );
        if (isAtOnce) await Promise.all(shipped.map((send) => send()));
        else for (const send of shipped) await send();
        // As an agent does: from where the server says, until all is there.
        let nextSeq = 0;
        for (let round = 0; nextSeq < count; round++) {
          const answer = await ship(round, nextSeq, Math.min(count, nextSeq + 40));
          if (answer.kind !== 'stored') throw new Error(answer.kind);
          nextSeq = answer.nextSeq;
        }
        for (const { clock } of recorders) await clock.advance(1_000);
        await Promise.all(recorders.map((recorder) => recorder.close()));
        const { row, turns, toolCalls, moments } = await storedCall(database, callId);
        expect({ turns, toolCalls, moments }).toEqual(whole);
        expect(row).toMatchObject({ state: 'ended', is_behind: 0 });
      }),
      { numRuns: 15 },
    );
  });
});
