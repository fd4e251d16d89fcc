import { type CallDetail, callDetailSchema } from '@parley/contracts/call-record';
import type { LiveEvent } from '@parley/contracts/calls-api';
import { describe, expect, it } from 'vitest';
import type { LiveLine } from '../records/live-calls.ts';
import { createCallDesk } from './call-desk.ts';
import { agentSaid, callerSaid } from './testing/recorded-turns.ts';

const PEAKS = {
  version: 2,
  channels: 2,
  sample_rate: 16_000,
  samples_per_pixel: 160,
  bits: 8,
  length: 0,
  data: [],
};

const running: CallDetail = callDetailSchema.parse({
  callId: 'RM_1',
  state: 'active',
  channel: 'web',
  direction: 'inbound',
  agent: 'front-desk',
  agentVersion: null,
  roomName: 'call-1',
  caller: 'Ada Lovelace',
  createdAtMs: 1_000,
  answeredAtMs: 1_200,
  endedAtMs: null,
  durationMs: null,
  endReason: null,
  turnCount: 1,
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
  recording: 'pending',
  recordingPath: null,
  continuesCallId: null,
  turns: [agentSaid('Hello', 1_000)],
  toolCalls: [],
  moments: [],
});
const over: CallDetail = { ...running, state: 'ended', endReason: 'caller_left', recording: 'ready' };

async function settled() {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

/** A desk whose every answer is given by the test. */
function stage() {
  const asked: { request: string; answer: (status: number, json: unknown) => Promise<void> }[] = [];
  let handlers: { onEvent: (event: LiveEvent) => void; onLine: (line: LiveLine) => void } | null = null;
  const desk = createCallDesk({
    callId: 'RM_1',
    fetch: (path, init) =>
      new Promise((resolve) => {
        asked.push({
          request: `${init?.method} ${path}`,
          answer(status, json) {
            resolve(new Response(status === 204 ? null : JSON.stringify(json), { status }));
            return settled();
          },
        });
      }),
    followLive: (given) => {
      handlers = given;
      return { close: () => (handlers = null) };
    },
  });
  const said = () => {
    const view = desk.view();
    return view.phase === 'ready' ? view.call.turns.map(({ text }) => text) : view.phase;
  };
  return {
    desk,
    said,
    requests: () => asked.map(({ request }) => request),
    answer: (status: number, json: unknown) => asked.at(-1)?.answer(status, json),
    isFollowing: () => handlers !== null,
    async tell(event: LiveEvent) {
      handlers?.onEvent(event);
      await settled();
    },
  };
}

describe('the page of a call', () => {
  it('shows a call that is over with its peaks, and follows nothing', async () => {
    const { desk, requests, answer, isFollowing } = stage();
    await answer(200, over);
    await answer(200, PEAKS);
    expect(requests()).toEqual(['GET /api/calls/RM_1', 'GET /api/calls/RM_1/peaks']);
    expect(desk.view()).toMatchObject({ phase: 'ready', peaks: PEAKS });
    expect(isFollowing()).toBe(false);
  });

  it('shows a call without its peaks where they cannot be had', async () => {
    const { desk, answer } = stage();
    await answer(200, over);
    await answer(404, {});
    expect(desk.view()).toMatchObject({ phase: 'ready', peaks: null });
  });

  it('adds what is said while the call goes on, and passes over what is said in others', async () => {
    const { said, answer, tell } = stage();
    await answer(200, running);
    const turn = callerSaid('Seats please', 4_000);
    await tell({ type: 'turn', data: { callId: running.callId, turn } });
    const other = callDetailSchema.shape.callId.parse('RM_2');
    await tell({ type: 'turn', data: { callId: other, turn: callerSaid('No', 5_000) } });
    expect(said()).toEqual(['Hello', 'Seats please']);
  });

  it('asks anew when the call ends, and once more where it changed while it asked', async () => {
    const { desk, requests, answer, tell } = stage();
    await answer(200, running);
    await tell({ type: 'call.changed', data: running });
    await tell({ type: 'call.ended', data: over });
    expect(requests()).toHaveLength(2);
    await answer(200, running);
    expect(requests()).toHaveLength(3);
    await answer(200, over);
    await answer(200, PEAKS);
    expect(desk.view()).toMatchObject({ phase: 'ready', call: { state: 'ended' }, peaks: PEAKS });
  });

  it('says why a call cannot be shown, and asks again', async () => {
    const { desk, said, answer } = stage();
    await answer(404, { error: { code: 'not_found', message: 'There is none.' } });
    expect(desk.view()).toEqual({ phase: 'failed', fault: { kind: 'missing' } });
    desk.retry();
    expect(desk.view()).toEqual({ phase: 'loading' });
    await settled();
    await answer(200, running);
    expect(said()).toEqual(['Hello']);
  });

  it('is gone once it was deleted, here or elsewhere, and stays where it could not be', async () => {
    const here = stage();
    await here.answer(200, running);
    const refused = here.desk.remove();
    await here.answer(409, { error: { code: 'internal', message: 'The call goes on.' } });
    expect(await refused).toEqual({ kind: 'refused', message: 'The call goes on.' });
    expect(here.said()).toEqual(['Hello']);
    const done = here.desk.remove();
    await here.answer(204, null);
    expect(await done).toBeNull();
    expect(here.said()).toBe('deleted');

    const elsewhere = stage();
    await elsewhere.answer(200, running);
    await elsewhere.tell({ type: 'call.deleted', data: { callId: running.callId } });
    expect(elsewhere.said()).toBe('deleted');
  });
});
