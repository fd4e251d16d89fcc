import type { CallStats, ListedCall, LiveEvent } from '@parley/contracts/calls-api';
import { describe, expect, it } from 'vitest';
import type { LiveLine } from '../records/live-calls.ts';
import { everyCall } from './call-choice.ts';
import { createCallsDesk } from './calls-desk.ts';
import { listedCall } from './testing/listed-call.ts';

const STATS: CallStats = {
  fromMs: 0,
  toMs: 1,
  bucket: 'day',
  total: {
    calls: 1,
    answered: 1,
    talkMs: 0,
    meanDurationMs: null,
    voiceToVoiceP50Ms: null,
    voiceToVoiceP95Ms: null,
  },
  buckets: [],
  endReasons: [],
  durations: [],
};
const first = listedCall({ callId: 'RM_1', createdAtMs: 3_000 });
const second = listedCall({ callId: 'RM_2', createdAtMs: 2_000 });

/** A desk whose every answer is given by the test. */
function stage() {
  const asked: { path: string; answer: (status: number, json: unknown) => void; signal: AbortSignal }[] = [];
  const timers = new Set<() => void>();
  let handlers: { onEvent: (event: LiveEvent) => void; onLine: (line: LiveLine) => void } | null = null;
  const desk = createCallsDesk({
    fetch: (path, init) =>
      new Promise((resolve, reject) => {
        const { signal } = init as { signal: AbortSignal };
        signal.addEventListener('abort', () => reject(signal.reason));
        asked.push({
          path: String(path),
          signal,
          answer: (status, json) => resolve(new Response(JSON.stringify(json), { status })),
        });
      }),
    clock: {
      nowMs: () => 0,
      at: (_atMs, fire) => {
        timers.add(fire);
        return () => void timers.delete(fire);
      },
    },
    choice: everyCall,
    utcOffsetMinutes: 60,
    followLive: (given) => {
      handlers = given;
      return { close: () => (handlers = null) };
    },
  });
  const list = () => {
    const { list } = desk.view();
    return list.phase === 'failed'
      ? list
      : { phase: list.phase, ids: list.calls.map(({ callId }) => callId) };
  };
  const pending = (kind: string) => asked.filter(({ path }) => path.startsWith(`/api/calls${kind}?`));
  return {
    desk,
    list,
    asked: () => asked.map(({ path }) => path),
    isListening: () => handlers !== null,
    tell: (event: LiveEvent) => handlers?.onEvent(event),
    letTimePass() {
      for (const fire of [...timers]) fire();
    },
    /** Answers the last question for the list. */
    async answerList(calls: readonly ListedCall[], nextCursor: string | null = null) {
      pending('').at(-1)?.answer(200, { calls, nextCursor });
      await settled();
    },
    async answerListWith(status: number, json: unknown) {
      pending('').at(-1)?.answer(status, json);
      await settled();
    },
    async answerStats(stats: CallStats = STATS) {
      pending('/stats').at(-1)?.answer(200, stats);
      await settled();
    },
  };
}

/** Every promise that can be kept is kept. */
async function settled() {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe('the page of calls', () => {
  it('shows the calls and the figures that the server tells', async () => {
    const { desk, list, answerList, answerStats } = stage();
    expect(list()).toEqual({ phase: 'loading', ids: [] });
    await answerList([first, second]);
    await answerStats();
    expect(list()).toEqual({ phase: 'ready', ids: ['RM_1', 'RM_2'] });
    expect(desk.view().stats).toEqual(STATS);
  });

  it('adds the page that follows, each call once', async () => {
    const { desk, list, asked, answerList } = stage();
    await answerList([first], 'next one');
    desk.loadMore();
    desk.loadMore();
    expect(asked().filter((path) => path.includes('cursor=next+one'))).toHaveLength(1);
    await answerList([first, second]);
    expect(list()).toEqual({ phase: 'ready', ids: ['RM_1', 'RM_2'] });
  });

  it('keeps the rows of the choice before until those of the new one come, and forgets late answers', async () => {
    const { desk, list, asked, answerList } = stage();
    await answerList([first]);
    desk.choose({ ...everyCall, agent: 'slow' });
    desk.choose({ ...everyCall, agent: 'quick' });
    expect(list()).toEqual({ phase: 'loading', ids: ['RM_1'] });
    await answerList([second]);
    expect(asked().at(-2)).toBe('/api/calls?agent=quick');
    expect(list()).toEqual({ phase: 'ready', ids: ['RM_2'] });
  });

  it('says what is wrong, and asks anew when told to', async () => {
    const { desk, list, answerListWith, answerList } = stage();
    await answerListWith(401, { error: { code: 'access_key_required', message: 'A key, please.' } });
    expect(list()).toEqual({ phase: 'failed', fault: { kind: 'locked' } });
    desk.retry();
    await answerListWith(400, { error: { code: 'invalid_field', message: 'from is no date' } });
    expect(list()).toMatchObject({ fault: { kind: 'refused', message: 'from is no date' } });
    desk.retry();
    await answerListWith(200, { calls: 'none' });
    expect(list()).toMatchObject({ fault: { kind: 'unreadable' } });
    desk.retry();
    await answerList([first]);
    expect(list()).toEqual({ phase: 'ready', ids: ['RM_1'] });
  });

  it('takes what happened while it asked', async () => {
    const { list, tell, answerList } = stage();
    tell({ type: 'call.deleted', data: { callId: first.callId } });
    await answerList([first, second]);
    expect(list()).toEqual({ phase: 'ready', ids: ['RM_2'] });
  });

  it('asks for the list once more where a call ended unseen, and only once', async () => {
    const { list, tell, asked, answerList } = stage();
    const running = listedCall({ callId: 'RM_3', state: 'active', endReason: null });
    await answerList([running]);
    tell({ type: 'snapshot', data: { calls: [] } });
    await answerList([running]);
    expect(asked().filter((path) => path.startsWith('/api/calls?'))).toHaveLength(2);
    expect(list()).toEqual({ phase: 'ready', ids: ['RM_3'] });
  });

  it('makes the figures anew a while after calls begin and end, once for all of them', async () => {
    const { tell, asked, answerList, answerStats, letTimePass } = stage();
    await answerList([first]);
    await answerStats();
    for (const callId of ['RM_4', 'RM_5'])
      tell({ type: 'call.started', data: listedCall({ callId, state: 'active', endReason: null }) });
    letTimePass();
    expect(asked().filter((path) => path.startsWith('/api/calls/stats'))).toHaveLength(2);
  });

  it('hears nothing more once it is closed', () => {
    const { desk, isListening } = stage();
    desk.close();
    expect(isListening()).toBe(false);
  });
});
