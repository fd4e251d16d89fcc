import type { CallFilter } from '@parley/contracts/calls-api';
import { callIdSchema } from '@parley/contracts/ids';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { IDS_PER_CALL } from '../database/tables.ts';
import { databaseKinds, type TestData } from '../database/testing/test-databases.ts';
import { callDetail, listCalls, runningSummaries } from './call-queries.ts';
import { newCallRow } from './call-row.ts';
import { callStats } from './call-stats.ts';
import { foldText, searchWords } from './search-words.ts';

const EVERY: CallScope = { kind: 'every' };
const WORDS = ['hello', 'Zürich', 'prices', 'price', 'sunday', '東京', 'no', 'yes'] as const;
const NOW_MS = 40 * 86_400_000;

/** A call as the tests of a filter see it. */
interface MadeCall {
  readonly callId: string;
  readonly ownerKeyId: string | null;
  readonly agent: 'sales' | 'desk';
  readonly state: 'waiting' | 'active' | 'ended';
  readonly channel: 'web' | 'phone';
  readonly endReason: 'caller_left' | 'agent_ended' | null;
  readonly createdAtMs: number;
  readonly durationMs: number | null;
  readonly caller: string | null;
  readonly tag: 'vip' | null;
  readonly p50Ms: number | null;
  readonly turns: readonly string[];
}

/** Calls of every kind: the same ones in each run, as a property over them needs no other. */
const CALLS: readonly MadeCall[] = fc
  .sample(
    fc.record({
      ownerKeyId: fc.constantFrom('key-a', 'key-b', null),
      agent: fc.constantFrom('sales', 'desk'),
      state: fc.constantFrom('waiting', 'active', 'ended', 'ended', 'ended'),
      channel: fc.constantFrom('web', 'phone'),
      endReason: fc.constantFrom('caller_left', 'agent_ended'),
      createdAtMs: fc
        .integer({ min: NOW_MS - 20 * 86_400_000, max: NOW_MS - 1 })
        .map((at) => at - (at % 3_600_000)),
      durationMs: fc.integer({ min: 0, max: 900_000 }),
      caller: fc.constantFrom('Ada Lovelace', 'ÉMILE', 'a%b_c\\d', null),
      tag: fc.constantFrom('vip', null),
      p50Ms: fc.option(fc.integer({ min: 200, max: 3_000 })),
      turns: fc.array(
        fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
        { maxLength: 5 },
      ),
    }),
    { numRuns: 120, seed: 7 },
  )
  .map((call, at) => {
    const isOver = call.state === 'ended';
    return {
      ...call,
      callId: `RM_${at}`,
      endReason: isOver ? call.endReason : null,
      durationMs: isOver ? call.durationMs : null,
    };
  });

const scope = fc.constantFrom<CallScope>(
  EVERY,
  { kind: 'ofKey', keyId: 'key-a' },
  { kind: 'ofKey', keyId: 'none' },
  { kind: 'ofKey', keyId: null },
);
const filter: fc.Arbitrary<CallFilter> = fc.record(
  {
    agent: fc.constantFrom('sales', 'nobody'),
    state: fc.constantFrom('waiting', 'active', 'ended'),
    channel: fc.constantFrom('web', 'phone'),
    endReason: fc.constantFrom('caller_left', 'agent_ended', 'time_limit'),
    from: fc.integer({ min: NOW_MS - 20 * 86_400_000, max: NOW_MS }),
    to: fc.integer({ min: NOW_MS - 20 * 86_400_000, max: NOW_MS }),
    minDurationMs: fc.integer({ min: 0, max: 900_000 }),
    tag: fc.constantFrom('vip', 'none'),
    caller: fc.constantFrom('ada', 'emile', '%b_', '\\', 'x'),
    q: fc.constantFrom(
      'hello',
      'zurich',
      'PRICE',
      'prices hello',
      'sun',
      '東',
      'yes no',
      '...',
      "' | !",
      'hello:*',
    ),
  },
  { requiredKeys: [] },
);

/** What the filter says, in words of its own. */
function fits(call: MadeCall, by: CallFilter, of: CallScope): boolean {
  const wanted = by.q === undefined ? null : searchWords(by.q);
  const isSaid = (text: string) => {
    const words = searchWords(text);
    const begun = wanted?.at(-1);
    return (
      begun !== undefined &&
      words.some((word) => word === begun || (begun.length > 2 && word.startsWith(begun))) &&
      wanted?.slice(0, -1).every((word) => words.includes(word)) === true
    );
  };
  return (
    (of.kind === 'every' || (of.keyId !== null && of.keyId === call.ownerKeyId)) &&
    (by.agent === undefined || by.agent === call.agent) &&
    (by.state === undefined || by.state === call.state) &&
    (by.channel === undefined || by.channel === call.channel) &&
    (by.endReason === undefined || by.endReason === call.endReason) &&
    (by.from === undefined || call.createdAtMs >= by.from) &&
    (by.to === undefined || call.createdAtMs < by.to) &&
    (by.minDurationMs === undefined || (call.durationMs !== null && call.durationMs >= by.minDurationMs)) &&
    (by.tag === undefined || by.tag === call.tag) &&
    (by.caller === undefined || foldText(call.caller ?? '').includes(foldText(by.caller))) &&
    (by.q === undefined || call.turns.some(isSaid))
  );
}

async function put({ db }: Database): Promise<void> {
  for (const call of CALLS) {
    const { callId, ownerKeyId, agent, createdAtMs, caller, p50Ms } = call;
    const row = newCallRow({
      callId: callIdSchema.parse(callId),
      roomName: callId,
      agent,
      ownerKeyId,
      createdAtMs,
    });
    await db
      .insertInto('calls')
      .values({
        ...row,
        state: call.state,
        channel: call.channel,
        end_reason: call.endReason,
        duration_ms: call.durationMs,
        caller,
        caller_folded: caller === null ? null : foldText(caller),
        voice_to_voice_p50_ms: p50Ms,
        voice_to_voice_p95_ms: p50Ms,
      })
      .execute();
    const { number } = await db
      .selectFrom('calls')
      .select('number')
      .where('call_id', '=', callId)
      .executeTakeFirstOrThrow();
    if (call.tag !== null)
      await db.insertInto('call_tags').values({ call_number: number, tag: call.tag }).execute();
    for (const [position, text] of call.turns.entries())
      await db
        .insertInto('turns')
        .values({
          id: number * IDS_PER_CALL + position,
          call_number: number,
          role: 'caller',
          words: searchWords(text).join(' '),
          turn_json: JSON.stringify({ role: 'caller', text, startedAtMs: position }),
        })
        .execute();
  }
}

describe.each(databaseKinds())('questions for calls on $name', (kind) => {
  let data: TestData;
  let database: Database;
  beforeAll(async () => {
    await kind.start();
    data = await kind.newData();
    database = await data.open();
    await put(database);
  }, 120_000);
  afterAll(async () => {
    await data.close();
    await kind.stop();
  });

  it('are answered with every call that fits, once, the newest first, however the pages are cut', async () => {
    await fc.assert(
      fc.asyncProperty(filter, scope, fc.integer({ min: 1, max: 50 }), async (by, of, limit) => {
        const listed: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await listCalls(database, { ...by, limit, cursor }, of);
          expect(page.calls.length).toBeLessThanOrEqual(limit);
          for (const call of page.calls) {
            listed.push(call.callId);
            expect(call.match !== null).toBe(by.q !== undefined);
            for (const { start, end } of call.match?.hits ?? []) expect(start).toBeLessThan(end);
          }
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        const expected = CALLS.filter((call) => fits(call, by, of));
        expect(listed.toSorted()).toEqual(expected.map(({ callId }) => callId).toSorted());
        const times = listed.map((callId) => CALLS.find((call) => call.callId === callId)?.createdAtMs ?? 0);
        expect(times).toEqual(times.toSorted((one, other) => other - one));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('are counted as they are listed', async () => {
    await fc.assert(
      fc.asyncProperty(filter, scope, fc.constantFrom('hour', 'day'), async (by, of, bucket) => {
        const request = { ...by, bucket, utcOffsetMinutes: 0 } as const;
        const stats = await callStats(database, request, of, NOW_MS);
        const from = by.from ?? (by.to ?? NOW_MS) - 30 * 86_400_000;
        const fitting = CALLS.filter((call) => fits(call, { ...by, from, to: by.to ?? NOW_MS }, of));
        const sum = (counts: readonly { readonly calls: number }[]) =>
          counts.reduce((total, { calls }) => total + calls, 0);
        expect(stats.total.calls).toBe(fitting.length);
        expect(sum(stats.buckets)).toBe(fitting.length);
        expect(sum(stats.endReasons)).toBe(fitting.length);
        expect(sum(stats.durations)).toBe(fitting.filter(({ durationMs }) => durationMs !== null).length);
        expect(stats.total.talkMs).toBe(
          fitting.reduce((total, { durationMs }) => total + (durationMs ?? 0), 0),
        );
        const latencies = fitting.flatMap(({ p50Ms }) => p50Ms ?? []).toSorted((one, other) => one - other);
        const middle = latencies[Math.ceil(latencies.length / 2) - 1] ?? null;
        if (middle === null) expect(stats.total.voiceToVoiceP50Ms).toBeNull();
        else expect(Math.abs((stats.total.voiceToVoiceP50Ms ?? 0) - middle)).toBeLessThanOrEqual(20);
        for (const { startMs } of stats.buckets)
          expect(startMs % (bucket === 'day' ? 86_400_000 : 3_600_000)).toBe(0);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('of running calls and of one are answered to who may know of them', async () => {
    for (const of of [EVERY, { kind: 'ofKey', keyId: 'key-a' }] as const) {
      const running = CALLS.filter((call) => call.state !== 'ended' && fits(call, {}, of));
      const listed = await runningSummaries(database, of);
      expect(listed.map(({ callId }) => callId as string).toSorted()).toEqual(
        running.map(({ callId }) => callId).toSorted(),
      );
    }
    for (const call of CALLS.slice(0, 20)) {
      const none = await callDetail(database, callIdSchema.parse(call.callId), {
        kind: 'ofKey',
        keyId: null,
      });
      expect(none).toBeNull();
      const detail = await callDetail(database, callIdSchema.parse(call.callId), {
        kind: 'ofKey',
        keyId: 'key-a',
      });
      expect(detail?.turns.map(({ text }) => text) ?? null).toEqual(
        call.ownerKeyId === 'key-a' ? call.turns : null,
      );
    }
  });
});
