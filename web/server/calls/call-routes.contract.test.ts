import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callDetailSchema } from '@parley/contracts/call-record';
import { callListSchema, callStatsSchema, recordingLinkSchema } from '@parley/contracts/calls-api';
import { apiErrorSchema } from '@parley/contracts/http-api';
import { callIdSchema } from '@parley/contracts/ids';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../openapi/operation.ts';
import { OPERATIONS } from '../openapi/operations.ts';
import { BEGUN_AT_MS, openCallWorld } from './testing/call-world.ts';

const HOUR_MS = 3_600_000;
let world: Awaited<ReturnType<typeof openCallWorld>>;
beforeEach(async () => {
  world = await openCallWorld();
});
afterEach(() => world.close());

const errorOf = async (response: Response) => apiErrorSchema.parse(await response.json()).error;
const list = async (query = '', headers: Record<string, string> = {}) => {
  const response = await world.request(`/api/calls${query}`, { headers });
  expect(response.status).toBe(200);
  return callListSchema.parse(await response.json());
};
const idsOf = async (query = '', headers: Record<string, string> = {}) =>
  (await list(query, headers)).calls.map(({ callId }) => callId);

describe('GET /api/calls', () => {
  it('lists the newest first, page by page, none twice and none left out', async () => {
    for (let at = 0; at < 7; at++)
      await world.ship(`RM_${at}`, ['hello'], { startedAtEpochMs: BEGUN_AT_MS + (at % 3) * HOUR_MS });
    const expected = ['RM_5', 'RM_2', 'RM_4', 'RM_1', 'RM_6', 'RM_3', 'RM_0'];
    expect(await idsOf()).toEqual(expected);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.calls.map(({ callId }) => callId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(expected);
  });

  it('narrows by each filter', async () => {
    await world.ship('RM_old', ['hello'], { startedAtEpochMs: BEGUN_AT_MS - 48 * HOUR_MS, agent: 'sales' });
    await world.ship('RM_new', ['hello', 'and more']);
    await world.ship('RM_running', ['hello'], {}, { leaves: false });
    await world.database.db
      .insertInto('call_tags')
      .columns(['call_number', 'tag'])
      .expression((eb) =>
        eb
          .selectFrom('calls')
          .select(['number', eb.val('vip').as('tag')])
          .where('call_id', '=', 'RM_old'),
      )
      .execute();
    await world.database.db
      .updateTable('calls')
      .set({ caller: 'Ada 100%', caller_folded: 'ada 100%' })
      .where('call_id', '=', 'RM_new')
      .execute();
    const { calls } = await list();
    const duration = calls.find(({ callId }) => callId === 'RM_new')?.durationMs ?? 0;
    expect(duration).toBeGreaterThan(0);
    expect(await idsOf('?agent=sales')).toEqual(['RM_old']);
    expect(await idsOf('?state=ended')).toEqual(['RM_new', 'RM_old']);
    expect(await idsOf('?state=active')).toEqual(['RM_running']);
    expect(await idsOf('?channel=web&direction=inbound')).toHaveLength(3);
    expect(await idsOf('?channel=phone')).toEqual([]);
    expect(await idsOf('?endReason=caller_left')).toEqual(['RM_new', 'RM_old']);
    expect(await idsOf('?from=2026-11-21')).toEqual(['RM_running', 'RM_new']);
    expect(await idsOf('?to=2026-11-21T00:00:00Z')).toEqual(['RM_old']);
    expect(await idsOf(`?from=${BEGUN_AT_MS}&to=${BEGUN_AT_MS}`)).toEqual([]);
    expect(await idsOf(`?minDurationMs=${Math.floor(duration)}`)).toEqual(['RM_new']);
    expect(await idsOf('?tag=vip')).toEqual(['RM_old']);
    expect(await idsOf('?caller=ÁDA')).toEqual(['RM_new']);
    expect(await idsOf('?caller=100%25')).toEqual(['RM_new']);
    expect(await idsOf('?caller=1_0')).toEqual([]);
    expect(await idsOf('?agent=&state=&q=')).toHaveLength(3);
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?state=over', 'state'],
    ['?from=yesterday', 'from'],
    ['?minDurationMs=-1', 'minDurationMs'],
    ['?cursor=x', 'cursor'],
    ['?colour=blue', 'colour'],
    ['?agent=a&agent=b', 'agent'],
  ])('refuses %s and names the field', async (query, field) => {
    const response = await world.request(`/api/calls${query}`);
    expect(response.status).toBe(422);
    expect((await errorOf(response)).field).toBe(field);
  });

  it('finds words that were said, and shows where', async () => {
    await world.ship('RM_prices', ['what are your prices']);
    await world.ship('RM_sunday', ['are you open on Sunday', 'and what of the prizes']);
    const { calls } = await list('?q=WHAT%20pric');
    expect(calls.map(({ callId }) => callId)).toEqual(['RM_prices']);
    const match = calls[0]?.match;
    expect(match).toMatchObject({ role: 'caller', text: 'what are your prices' });
    expect(match?.hits.map(({ start, end }) => match.text.slice(start, end))).toEqual(['what', 'prices']);
    expect(await idsOf('?q=sundáy')).toEqual(['RM_sunday']);
    expect(await idsOf('?q=what&state=active')).toEqual([]);
    for (const nothing of ['zebra', '"', '*', '"quartz"*)', '...', "'; drop table calls; --", '%00'])
      expect(await idsOf(`?q=${encodeURIComponent(nothing)}`)).toEqual([]);
  });

  it('finds what is common with the same answer as what is rare', async () => {
    for (let at = 0; at < 3; at++)
      await world.ship(
        `RM_${at}`,
        Array.from({ length: 5 }, () => `hello number ${at}`),
      );
    // Turns of a call that nobody had, so that the word is common.
    await sql`insert into calls select 5000, 'RM_filler', state, channel, direction, agent, agent_version,
      room_name, caller, caller_folded, owner_key_id, 0, answered_at_ms, ended_at_ms, duration_ms, end_reason, ended_by,
      is_caller_seen, turn_count, voice_to_voice_p50_ms, voice_to_voice_p95_ms, latency_json, usage_json, cost_usd,
      recording, recording_path, continues_call_id, is_behind from calls where number = 1`.execute(
      world.database.db,
    );
    const { number } = await world.database.db
      .selectFrom('calls')
      .select('number')
      .where('call_id', '=', 'RM_filler')
      .executeTakeFirstOrThrow();
    await sql`with recursive n(i) as (select 0 union all select i + 1 from n where i < 51000)
      insert into turns (id, call_number, role, words, turn_json)
      select ${number} * 1048576 + i, ${number}, 'caller', 'hello filler', '{"role":"caller","text":"hello filler","startedAtMs":0}' from n`.execute(
      world.database.db,
    );
    // Far apart, and close together.
    expect(await idsOf('?q=hello&from=1')).toEqual(['RM_2', 'RM_1', 'RM_0']);
    expect(await idsOf('?q=hel&agent=none')).toEqual([]);
    expect(await idsOf('?q=hello%20num')).toEqual(['RM_2', 'RM_1', 'RM_0']);
    expect(await idsOf('?q=hello')).toEqual(['RM_2', 'RM_1', 'RM_0', 'RM_filler']);
    expect(await idsOf('?q=hello%201')).toEqual(['RM_1']);
    expect(await idsOf('?q=hello&limit=1')).toEqual(['RM_2']);
  });
});

describe('GET /api/calls/{id}', () => {
  it('tells what was said and done', async () => {
    await world.ship('RM_1', ['what are your prices', 'thank you']);
    const call = callDetailSchema.parse(await (await world.request('/api/calls/RM_1')).json());
    expect(call).toMatchObject({ callId: 'RM_1', state: 'ended', endReason: 'caller_left' });
    const said = call.turns.flatMap((turn) => (turn.role === 'caller' ? [turn.text] : []));
    expect(said).toEqual(['what are your prices', 'thank you']);
    expect(call.turns.some(({ role }) => role === 'agent')).toBe(true);
  });

  it('says that there is none', async () => {
    for (const path of ['/api/calls/RM_none', `/api/calls/${'x'.repeat(200)}`, '/api/calls/..%2f..%2fetc']) {
      const response = await world.request(path);
      expect(response.status).toBe(404);
      expect((await errorOf(response)).code).toBe('not_found');
    }
  });

  it('gives names, words and tools as they are, and as nothing but JSON', async () => {
    const markup = '</script><img src=x onerror=alert(1)>"\'`{{7*7}}\u2028';
    await world.ship('RM_1', [markup], { roomName: markup });
    for (const path of ['/api/calls', '/api/calls/RM_1', '/api/calls/export?format=json&turns=yes']) {
      const response = await world.request(path);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(JSON.stringify(await response.json())).toContain(JSON.stringify(markup).slice(1, -1));
    }
  });
});

describe('GET /api/calls/stats', () => {
  it('counts by hour and by the day of the caller', async () => {
    await world.ship('RM_1', ['hello']);
    await world.ship('RM_2', ['hello', 'more'], { startedAtEpochMs: BEGUN_AT_MS + 0.5 * HOUR_MS });
    await world.ship('RM_3', ['hello'], { startedAtEpochMs: BEGUN_AT_MS - 20 * HOUR_MS });
    await world.ship('RM_4', ['hello'], { startedAtEpochMs: BEGUN_AT_MS - 40 * 24 * HOUR_MS });
    await world.ship('RM_5', ['hello'], {}, { leaves: false });
    const ask = async (query: string) =>
      callStatsSchema.parse(await (await world.request(`/api/calls/stats${query}`)).json());
    const days = await ask('');
    expect(days.total).toMatchObject({ calls: 4, answered: 4 });
    expect(days.buckets.map(({ startMs, calls }) => [startMs, calls])).toEqual([
      [Date.UTC(2026, 10, 20), 1],
      [Date.UTC(2026, 10, 21), 3],
    ]);
    expect(days.endReasons).toEqual([
      { endReason: 'caller_left', calls: 3 },
      { endReason: null, calls: 1 },
    ]);
    expect(days.durations.reduce((sum, { calls }) => sum + calls, 0)).toBe(3);
    const hours = await ask('?bucket=hour&state=ended');
    expect(hours.buckets.map(({ startMs, calls }) => [startMs, calls])).toEqual([
      [BEGUN_AT_MS - 20 * HOUR_MS, 1],
      [BEGUN_AT_MS, 2],
    ]);
    const east = await ask('?utcOffsetMinutes=720&state=ended');
    expect(east.buckets.map(({ startMs, calls }) => [startMs, calls])).toEqual([
      [Date.UTC(2026, 10, 20, 12), 1],
      [Date.UTC(2026, 10, 21, 12), 2],
    ]);
    expect((await world.request('/api/calls/stats?bucket=hour&from=2020-01-01')).status).toBe(422);
  });

  it('takes the middle of latencies, and nothing for none', async () => {
    for (const [at, p50] of [400, 800, 805, 1_200, null].entries()) {
      await world.ship(`RM_${at}`, ['hello']);
      await world.database.db
        .updateTable('calls')
        .set({ voice_to_voice_p50_ms: p50, voice_to_voice_p95_ms: p50 })
        .where('call_id', '=', `RM_${at}`)
        .execute();
    }
    const { total } = callStatsSchema.parse(await (await world.request('/api/calls/stats')).json());
    expect(total).toMatchObject({ voiceToVoiceP50Ms: 810, voiceToVoiceP95Ms: 1_210 });
    const none = callStatsSchema.parse(await (await world.request('/api/calls/stats?agent=nobody')).json());
    expect(none.total).toEqual({
      calls: 0,
      answered: 0,
      talkMs: 0,
      meanDurationMs: null,
      voiceToVoiceP50Ms: null,
      voiceToVoiceP95Ms: null,
    });
  });
});

describe('an export', () => {
  it('holds every call, however many', async () => {
    for (let at = 0; at < 3; at++) await world.ship(`RM_${at}`, ['hello']);
    await sql`with recursive n(i) as (select 0 union all select i + 1 from n where i < 449)
      insert into calls (call_id, state, channel, direction, agent, room_name, created_at_ms, is_caller_seen, turn_count,
        latency_json, usage_json, recording, is_behind)
      select 'RM_more' || i, state, channel, direction, agent, room_name, created_at_ms, 0, 0, latency_json, usage_json,
        'none', 0 from n, calls where call_id = 'RM_0'`.execute(world.database.db);
    const csv = await world.request('/api/calls/export?format=csv');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="calls-2026-11-21.csv"');
    expect((await csv.text()).split('\r\n')).toHaveLength(1 + 453 + 1);
    const json = await (await world.request('/api/calls/export?format=json')).json();
    expect(json).toHaveLength(453);
    expect(await (await world.request('/api/calls/export?format=json&agent=none')).json()).toEqual([]);
  });

  it('in CSV runs no formula of a caller’s', async () => {
    await world.ship('RM_1', ['hello']);
    await world.database.db
      .updateTable('calls')
      .set({ caller: '=HYPERLINK("http://evil.example","x")', room_name: '@SUM(A1)' })
      .execute();
    const [, row = ''] = (await (await world.request('/api/calls/export?format=csv')).text()).split('\r\n');
    expect(row).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
    expect(row).toContain(`,'@SUM(A1),`);
  });
});

describe('the recording', () => {
  const sound = Uint8Array.from({ length: 1_000 }, (_, at) => at % 256);

  it('is given whole or in parts', async () => {
    await world.ship('RM_1', ['hello']);
    await world.putFile('RM_1.wav', sound);
    const get = (headers: Record<string, string> = {}, method = 'GET') =>
      world.request('/api/calls/RM_1/recording', { method, headers });
    const whole = await get();
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('audio/wav');
    expect(whole.headers.get('content-length')).toBe('1000');
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    expect(whole.headers.get('content-disposition')).toBe('inline; filename="RM_1.wav"');
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(sound);
    const part = await get({ range: 'bytes=10-19' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 10-19/1000');
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(sound.slice(10, 20));
    const tail = await get({ range: 'bytes=-1' });
    expect(tail.headers.get('content-range')).toBe('bytes 999-999/1000');
    expect(new Uint8Array(await tail.arrayBuffer())).toEqual(sound.slice(999));
    const outside = await get({ range: 'bytes=1000-' });
    expect(outside.status).toBe(416);
    expect(outside.headers.get('content-range')).toBe('bytes */1000');
    const tag = whole.headers.get('etag') ?? '';
    expect((await get({ 'if-none-match': tag })).status).toBe(304);
    expect((await get({ range: 'bytes=0-1', 'if-range': tag })).status).toBe(206);
    expect((await get({ range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200);
    const head = await get({}, 'HEAD');
    expect(head.headers.get('content-length')).toBe('1000');
    expect(await head.text()).toBe('');
  });

  it('has a picture', async () => {
    await world.ship('RM_1', ['hello']);
    await world.putFile('RM_1.peaks.json', '{"version":2}');
    const response = await world.request('/api/calls/RM_1/peaks');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ version: 2 });
  });

  it('says why it is not there', async () => {
    await world.ship('RM_running', ['hello'], {}, { leaves: false });
    await world.ship('RM_silent', ['hello']);
    const ask = async (callId: string) => errorOf(await world.request(`/api/calls/${callId}/recording`));
    expect((await ask('RM_running')).code).toBe('recording_not_ready');
    expect((await ask('RM_silent')).code).toBe('not_found');
  });

  it('never leads out of its folder', async () => {
    await world.ship('RM_1', ['hello']);
    for (const recording_path of [
      '../../etc/passwd',
      '/etc/passwd',
      'recordings/2026/11/../../parley.wav',
      'parley.db',
    ]) {
      await world.database.db.updateTable('calls').set({ recording_path, recording: 'ready' }).execute();
      expect((await world.request('/api/calls/RM_1/recording')).status).toBe(404);
    }
  });

  it('is heard by who has a link, until it ends, and that call alone', async () => {
    await world.close();
    let nowEpochS = BEGUN_AT_MS / 1_000;
    world = await openCallWorld({ accessKey: 'open-sesame-open-sesame', nowEpochS: () => nowEpochS });
    const headers = { authorization: 'Bearer open-sesame-open-sesame' };
    for (const callId of ['RM_1', 'RM_2']) {
      await world.ship(callId, ['hello']);
      await world.putFile(`${callId}.wav`, sound);
    }
    expect((await world.request('/api/calls/RM_1/recording')).status).toBe(401);
    const made = await world.post('/api/calls/RM_1/recording/link', { ttlS: 60 }, headers);
    const { path, expiresAtMs } = recordingLinkSchema.parse(await made.json());
    expect(expiresAtMs).toBe(BEGUN_AT_MS + 60_000);
    expect((await world.request(path)).status).toBe(200);
    expect((await world.request(path, { headers: { range: 'bytes=0-3' } })).status).toBe(206);
    expect((await world.request(path.replace('RM_1', 'RM_2'))).status).toBe(401);
    expect(
      (await world.request(path.replace(/=(\d+)/, (_all, ends) => `=${Number(ends) + 60}`))).status,
    ).toBe(401);
    expect((await world.request(path.replace('/recording', ''))).status).toBe(401);
    nowEpochS += 60;
    expect((await world.request(path)).status).toBe(401);
  });

  it('is paused and goes on while the call runs', async () => {
    await world.ship('RM_running', ['hello'], {}, { leaves: false });
    await world.ship('RM_over', ['hello']);
    const paused = await world.post('/api/calls/RM_running/recording', { state: 'paused' });
    expect(paused.status).toBe(202);
    expect(world.sfu.commanded.map(({ command }) => command)).toEqual([
      { type: 'setRecording', state: 'paused' },
    ]);
    expect((await world.post('/api/calls/RM_over/recording', { state: 'on' })).status).toBe(410);
    expect((await world.post('/api/calls/RM_running/recording', { state: 'loud' })).status).toBe(422);
  });
});

describe('the providers of a call', () => {
  const PROVIDERS = {
    stt: ['deepgram/nova-3-general'],
    llm: ['openai/gpt-4.1-nano', 'google/x'],
    tts: ['a/b'],
  };
  const settings = { providers: PROVIDERS };

  it('change while it runs, to those that its agent has', async () => {
    await world.ship('RM_running', ['hello'], { settings }, { leaves: false });
    await world.ship('RM_over', ['hello'], { settings });
    const ask = (callId: string, body: unknown) => world.post(`/api/calls/${callId}/providers`, body);
    expect((await ask('RM_running', { llm: 'google', language: 'es' })).status).toBe(202);
    expect(world.sfu.commanded.map(({ command }) => command)).toEqual([
      { type: 'useProviders', llm: 'google', language: 'es' },
    ]);
    const refused = await ask('RM_running', { llm: 'xai' });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('openai/gpt-4.1-nano, google/x');
    expect((await ask('RM_running', {})).status).toBe(422);
    expect((await ask('RM_over', { llm: 'google' })).status).toBe(410);
    expect((await ask('RM_nobody', { llm: 'google' })).status).toBe(404);
  });
});

describe('the journal', () => {
  it('is given as it came, generation by generation', async () => {
    await world.ship('RM_1', ['hello', 'and more']);
    const response = await world.request('/api/calls/RM_1/journal');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="RM_1.ndjson"');
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ line: 'header', callId: 'RM_1', generation: 1 });
    expect(lines.slice(1).map(({ seq }) => seq)).toEqual(lines.slice(1).map((_, at) => at));
    expect(lines.length).toBeGreaterThan(50);
  });
});

describe('a call that goes on', () => {
  it('is ended by closing its room, and cannot be deleted before', async () => {
    await world.ship('RM_1', ['hello'], { roomName: 'call-1' }, { leaves: false });
    const refused = await world.request('/api/calls/RM_1', { method: 'DELETE' });
    expect(refused.status).toBe(409);
    expect((await errorOf(refused)).code).toBe('call_running');
    expect((await world.post('/api/calls/RM_1/end', {})).status).toBe(202);
    expect(world.sfu.closed).toEqual(['call-1']);
  });
});

describe('a deleted call', () => {
  const SECRET = 'xylophonequartz';

  it('leaves nothing: no row, no file, no word in any file', async () => {
    const headers = { agent: `agent${SECRET}`, roomName: `room${SECRET}` };
    await world.ship('RM_1', [`my secret is ${SECRET}`, `${SECRET} again`], headers);
    await world.ship('RM_10', ['another call'], {});
    for (const name of ['wav', 'peaks.json', '1.wav.part', 'main.1.ndjson', 'main.1.ndjson.shipped'])
      await world.putFile(`RM_1.${name}`, SECRET);
    await world.putFile('RM_10.wav', 'stays');
    await world.database.db
      .insertInto('seats')
      .values({ call_id: 'RM_1', seat: 'main', generation: 7, worker_id: 'w' })
      .onConflict((on) => on.columns(['call_id', 'seat']).doNothing())
      .execute();
    expect(await filesWith(SECRET)).not.toEqual([]);

    expect((await world.request('/api/calls/RM_1', { method: 'DELETE' })).status).toBe(204);
    expect(await filesWith(SECRET)).toEqual([]);
    expect(await rowsWith(SECRET)).toEqual([]);
    expect(await rowsWith('RM_1"')).toEqual(['tombstones']);
    expect(await idsOf()).toEqual(['RM_10']);
    expect(await idsOf(`?q=${SECRET}`)).toEqual([]);
    expect((await world.request('/api/calls/RM_1')).status).toBe(404);
    expect((await world.request('/api/calls/RM_10/recording')).status).toBe(200);
    expect(JSON.stringify(world.live.since({ kind: 'every' }, 0))).not.toContain(SECRET);
  });

  it('does not come back with a late shipment', async () => {
    await world.ship('RM_1', ['hello']);
    await world.request('/api/calls/RM_1', { method: 'DELETE' });
    expect(await world.ship('RM_1', ['hello'])).toEqual({ kind: 'deleted' });
    expect(await idsOf()).toEqual([]);
    expect((await world.request('/api/calls/RM_1', { method: 'DELETE' })).status).toBe(404);
  });

  it('is told to who follows the calls', async () => {
    await world.ship('RM_1', ['hello']);
    const before = world.live.lastNumber();
    await world.request('/api/calls/RM_1', { method: 'DELETE' });
    const told = world.live.since({ kind: 'every' }, before) ?? [];
    expect(told.map(({ event }) => event)).toEqual([{ type: 'call.deleted', data: { callId: 'RM_1' } }]);
  });

  async function filesWith(text: string): Promise<string[]> {
    const entries = await readdir(world.dataDir, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries.filter((file) => file.isFile())) {
      const content = await readFile(join(entry.parentPath, entry.name));
      if (content.includes(text) || entry.name.includes(text)) found.push(entry.name);
    }
    return found;
  }

  async function rowsWith(text: string): Promise<string[]> {
    const { db } = world.database;
    const { rows } = await sql<{ name: string }>`
      select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`.execute(db);
    const found: string[] = [];
    for (const { name } of rows) {
      const content = await sql`select * from ${sql.table(name)}`.execute(db);
      if (JSON.stringify(content.rows).includes(text)) found.push(name);
    }
    return found;
  }
});

describe('a key', () => {
  it('knows of the calls that were begun with it, and of no other, whatever it asks', async () => {
    const every = ['calls:read', 'calls:listen', 'calls:dial'] as const;
    const [mine, other] = [await world.makeKey(...every), await world.makeKey(...every)];
    const owners = { RM_mine: mine.keyId, RM_other: other.keyId, RM_nobody: undefined };
    for (const [callId, ownerKeyId] of Object.entries(owners)) {
      await world.ship(callId, ['hello zebra'], { ...(ownerKeyId === undefined ? {} : { ownerKeyId }) });
      await world.ship(
        `${callId}_runs`,
        ['hello'],
        { ...(ownerKeyId === undefined ? {} : { ownerKeyId }) },
        { leaves: false },
      );
      await world.putFile(`${callId}.wav`, 'sound');
      await world.putFile(`${callId}.peaks.json`, '{}');
    }
    const { headers } = mine;
    const filters = [
      '',
      '?q=zebra',
      '?state=ended',
      '?state=active',
      '?agent=test',
      '?limit=1',
      '?from=0',
      '?q=hello&channel=web',
    ];
    for (const query of filters)
      for (const callId of await idsOf(query, headers)) expect(callId).toMatch(/^RM_mine/);
    expect(await idsOf('', headers)).toEqual(['RM_mine_runs', 'RM_mine']);
    const stats = await world.request('/api/calls/stats', { headers });
    expect(callStatsSchema.parse(await stats.json()).total.calls).toBe(2);
    for (const format of ['csv', 'json', 'json&turns=yes']) {
      const text = await (await world.request(`/api/calls/export?format=${format}`, { headers })).text();
      expect(text).toContain('RM_mine');
      expect(text).not.toMatch(/RM_other|RM_nobody/);
    }
    // Whatever the API tells of one call, a route that comes later too.
    const ofOneCall = OPERATIONS.filter(({ path, scope }) => path.includes('{callId}') && scope !== 'admin');
    expect(ofOneCall.length).toBeGreaterThan(6);
    const ask = async ({ method, path }: Operation, callId: string) => {
      const response = await world.request(path.replace('{callId}', callId), {
        method: method.toUpperCase(),
        headers,
        ...(method === 'get' ? {} : { body: path.endsWith('recording') ? '{"state":"on"}' : '{}' }),
      });
      return [method, path, response.status];
    };
    for (const callId of ['RM_other', 'RM_nobody', 'RM_other_runs', 'RM_nobody_runs'])
      for (const operation of ofOneCall)
        expect(await ask(operation, callId)).toEqual([operation.method, operation.path, 404]);
    for (const operation of ofOneCall.filter(({ method }) => method === 'get'))
      expect(await ask(operation, 'RM_mine')).toEqual([operation.method, operation.path, 200]);
    expect((await world.request('/api/calls/RM_mine', { method: 'DELETE', headers })).status).toBe(403);

    const live = await world.request('/api/calls/live', { headers });
    const reader = live.body?.getReader();
    await reader?.read();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toContain('RM_mine_runs');
    expect(first).not.toMatch(/RM_other|RM_nobody/);
    await reader?.cancel();
  });

  it('needs its scope for each', async () => {
    await world.ship('RM_1', ['hello']);
    const { headers } = await world.makeKey('calls:dial');
    for (const path of [
      '',
      '/stats',
      '/live',
      '/export?format=csv',
      '/RM_1',
      '/RM_1/journal',
      '/RM_1/recording',
      '/RM_1/peaks',
    ]) {
      const response = await world.request(`/api/calls${path}`, { headers });
      expect([path, response.status]).toEqual([path, 403]);
    }
  });

  it('with admin knows of every call', async () => {
    const { headers } = await world.makeKey('admin');
    await world.ship('RM_1', ['hello'], { ownerKeyId: 'another' });
    expect(await idsOf('', headers)).toEqual(['RM_1']);
    expect((await world.request('/api/calls/RM_1', { method: 'DELETE', headers })).status).toBe(204);
    expect(callIdSchema.parse('RM_1')).toBe('RM_1');
  });
});
