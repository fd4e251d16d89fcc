import type { CallSummary, RecordedTurn } from '@parley/contracts/call-record';
import { callIdSchema, participantIdSchema, turnIdSchema } from '@parley/contracts/ids';
import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../access/principal.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { HEARTBEAT_MS, MAX_WAITING_BYTES } from './event-stream.ts';
import { createLiveFeed, type NumberedEvent } from './live-feed.ts';
import { createLiveRoute } from './live-routes.ts';

const EVERY = { kind: 'every' } as const;
const idOf = (number: number) => callIdSchema.parse(`RM_${number}`);

function summary(number: number, changes: Partial<CallSummary> = {}): CallSummary {
  return {
    callId: idOf(number),
    state: 'active',
    channel: 'web',
    direction: 'inbound',
    agent: 'receptionist',
    agentVersion: null,
    roomName: `call-${number}`,
    caller: null,
    createdAtMs: 0,
    answeredAtMs: null,
    endedAtMs: null,
    durationMs: null,
    endReason: null,
    turnCount: 0,
    latency: { voiceToVoiceP50Ms: null, voiceToVoiceP95Ms: null, answers: 0 },
    usage: {
      sttAudioMs: null,
      llmInputTokens: null,
      llmOutputTokens: null,
      ttsCharacters: null,
      speculations: 0,
      usedSpeculations: 0,
      byModel: [],
    },
    costUsd: null,
    tags: [],
    recording: 'none',
    recordingPath: null,
    continuesCallId: null,
    ...changes,
  };
}

function said(text: string): RecordedTurn {
  return {
    role: 'caller',
    turnId: turnIdSchema.parse('turn-1'),
    participantId: participantIdSchema.parse('caller-1'),
    text,
    source: 'speech',
    isUnintelligible: false,
    hasFloor: true,
    startedAtMs: 0,
    endedAtMs: 1,
    marks: [],
    areMarksEstimated: true,
  };
}

function heard(events: readonly NumberedEvent[]): string[] {
  return events.map(({ event }) => event.type);
}

describe('what is told of running calls', () => {
  it('is that they began, changed and ended, once each', () => {
    const feed = createLiveFeed();
    const events: NumberedEvent[] = [];
    feed.listen(EVERY, (event) => events.push(event));
    feed.callStored(summary(1), null);
    feed.callStored(summary(1), null);
    feed.callStored(summary(1, { turnCount: 1 }), null);
    feed.callStored(summary(1, { state: 'ended', endReason: 'caller_left' }), null);
    feed.callStored(summary(1, { state: 'ended', endReason: 'caller_left' }), null);
    feed.callStored(summary(1, { state: 'ended', endReason: 'caller_left', recording: 'ready' }), null);
    expect(heard(events)).toEqual(['call.started', 'call.changed', 'call.ended', 'call.ended']);
    expect(events.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('can be called up again, until it is too long ago', () => {
    const feed = createLiveFeed();
    for (let number = 1; number <= 1_500; number++) feed.callStored(summary(number), null);
    expect(feed.since(EVERY, 1_498)?.map(({ number }) => number)).toEqual([1_499, 1_500]);
    expect(feed.since(EVERY, 1_500)).toEqual([]);
    expect(feed.since(EVERY, 500)).toHaveLength(1_000);
    expect(feed.since(EVERY, 499)).toBeNull();
    expect(feed.since(EVERY, 1_501)).toBeNull();
  });

  it('is forgotten with a deleted call', () => {
    const feed = createLiveFeed();
    feed.callStored(summary(1, { caller: 'Ada' }), null);
    feed.turnsStored(idOf(1), [said('my card number is 1234')], null);
    feed.callStored(summary(2), null);
    feed.callDeleted(idOf(1), null);
    const kept = JSON.stringify(feed.since(EVERY, 0));
    expect(kept).not.toContain('1234');
    expect(kept).not.toContain('Ada');
    expect(heard(feed.since(EVERY, 0) ?? [])).toEqual(['call.started', 'call.deleted']);
  });

  it('is told to a key of its own calls alone, whatever happens', () => {
    const owner = fc.constantFrom('key-a', 'key-b', null);
    const news = fc.record({ owner, what: fc.constantFrom('row', 'turn', 'end', 'gone'), at: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(news, { maxLength: 40 }), fc.nat(40), (all, from) => {
        const feed = createLiveFeed();
        const live: NumberedEvent[] = [];
        feed.listen({ kind: 'ofKey', keyId: 'key-a' }, (event) => live.push(event));
        for (const { owner, what, at } of all) {
          // A call has one owner: its id holds it.
          const callId = callIdSchema.parse(`RM_${owner}-${at}`);
          const row = summary(at, { callId, ...(what === 'end' ? { state: 'ended' } : {}) });
          if (what === 'turn') feed.turnsStored(callId, [said(`by ${owner}`)], owner);
          else if (what === 'gone') feed.callDeleted(callId, owner);
          else feed.callStored(row, owner);
        }
        const missed = feed.since({ kind: 'ofKey', keyId: 'key-a' }, Math.min(from, feed.lastNumber())) ?? [];
        for (const { event } of [...live, ...missed])
          expect(JSON.stringify(event)).not.toMatch(/key-b|null-\d/);
      }),
    );
  });
});

it('tells nothing of calls of nobody to who has no call', () => {
  const feed = createLiveFeed();
  feed.callStored(summary(1), null);
  expect(feed.since({ kind: 'ofKey', keyId: null }, 0)).toEqual([]);
});

describe('GET /api/calls/live', () => {
  function follow(
    options: { readonly principal?: Principal; readonly running?: readonly CallSummary[] } = {},
  ) {
    const clock = createVirtualClock();
    const live = createLiveFeed();
    const ending = new AbortController();
    const { principal = { kind: 'login' }, running = [] } = options;
    let isLetIn = true;
    const route = createLiveRoute({
      access: {
        async require() {
          if (!isLetIn) throw new ApiError('access_key_wrong', 'no more');
          return principal;
        },
      },
      live,
      runningCalls: async () => running,
      clock,
      runId: 'run',
      ending: ending.signal,
    });
    const app = new Hono<ServerEnv>().route('/', route);
    const open = async (lastEventId?: string) => {
      const headers: Record<string, string> =
        lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
      const response = await app.request('/', { headers });
      const reader = response.body?.getReader();
      if (reader === undefined) throw new Error('the stream has no body');
      const decoder = new TextDecoder();
      const read = async () => {
        const { done, value } = await reader.read();
        return done ? null : decoder.decode(value);
      };
      expect(await read()).toBe('retry: 2000\n\n');
      return { response, read, leave: () => reader.cancel() };
    };
    const lock = () => {
      isLetIn = false;
    };
    return { clock, live, ending, open, lock };
  }

  it('begins with the running calls, and goes on with what happens', async () => {
    const { live, open } = follow({ running: [summary(1)] });
    const { response, read } = await open();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await read()).toBe(
      `id: run.0\nevent: snapshot\ndata: ${JSON.stringify({ calls: [summary(1)] })}\n\n`,
    );
    live.turnsStored(idOf(1), [said('two\nlines')], null);
    const data = JSON.stringify({ callId: 'RM_1', turn: said('two\nlines') });
    expect(await read()).toBe(`id: run.1\nevent: turn\ndata: ${data}\n\n`);
  });

  it('goes on where a client was cut off, in the same run alone', async () => {
    const { live, open } = follow();
    live.callStored(summary(1), null);
    live.callStored(summary(2), null);
    expect(await (await open('run.1')).read()).toMatch(/^id: run\.2\nevent: call\.started\n.*"RM_2"/s);
    for (const other of ['another-run.1', 'run.99', 'run.', 'run.-1', 'x'])
      expect(await (await open(other)).read()).toMatch(/^id: run\.2\nevent: snapshot\n/);
  });

  it('shows that it lives', async () => {
    const { clock, open } = follow();
    const { read } = await open();
    await read();
    await clock.advance(HEARTBEAT_MS);
    expect(await read()).toBe(': still here\n\n');
    await clock.advance(HEARTBEAT_MS);
    expect(await read()).toBe(': still here\n\n');
  });

  it('ends with the server', async () => {
    const { ending, open } = follow();
    const { read } = await open();
    await read();
    ending.abort();
    expect(await read()).toBeNull();
  });

  it('ends once it would be refused', async () => {
    const { clock, open, lock } = follow();
    const { read } = await open();
    await read();
    lock();
    await clock.advance(HEARTBEAT_MS);
    expect(await read()).toBeNull();
  });

  it('ends for a client that does not read, and keeps no more for it than it may', async () => {
    const { live, open } = follow();
    const { read } = await open();
    await read();
    const text = 'x'.repeat(10_000);
    for (let sent = 0; sent * text.length < 3 * MAX_WAITING_BYTES; sent++)
      live.turnsStored(idOf(1), [said(text)], null);
    let bytes = 0;
    for (let chunk = await read(); chunk !== null; chunk = await read()) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(MAX_WAITING_BYTES);
    expect(bytes).toBeLessThan(MAX_WAITING_BYTES + 2 * text.length);
  });

  it('keeps nothing of a client that went away', async () => {
    const { live, open } = follow();
    for (let client = 0; client < 250; client++) {
      const { leave } = await open();
      await leave();
    }
    live.callStored(summary(1), null);
    const { read } = await open();
    expect(await read()).toMatch(/event: snapshot/);
  });
});
