import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { createInternalClient } from '@parley/agent/worker/internal-client';
import { createInternalRequest } from '@parley/agent/worker/internal-request';
import { mintInternalToken } from '@parley/agent/worker/internal-token';
import { callDetailSchema } from '@parley/contracts/call-record';
import { type CallId, callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import type { RoomCaller } from '../../callers/room-caller.ts';
import {
  fetchTicket,
  greetedBy,
  healthOf,
  heardOut,
  joinWith,
  processOf,
  until,
  WAIT,
} from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';
import { filesOf } from './stored-call.ts';

const stage = openParleyStage(2);

/** Types a question and waits for the answer. */
async function type(caller: RoomCaller, question: string, answer: string): Promise<void> {
  await caller.sendChat(question);
  await caller.waitForText(({ text }) => text.includes(answer), WAIT);
}

function internalClient() {
  const request = createInternalRequest({
    serverUrl: stage.parley.url,
    mintToken: () => mintInternalToken(stage.parley),
    fetch,
    clock: createMonotonicClock(),
  });
  return createInternalClient(request);
}

/** The lines of a call's journals, generation by generation: as they lie here, and as the server has them. */
async function bothCopies(callId: CallId) {
  const files = (await filesOf(stage.parley, callId)).filter((file) => file.endsWith('.ndjson'));
  const here = await Promise.all(
    files.map(async (file) =>
      (await readFile(file, 'utf8'))
        .split('\n')
        .slice(1, -1)
        .map((line) => JSON.parse(line)),
    ),
  );
  const { journals } = await internalClient().journals(callId, MAIN_SEAT, new AbortController().signal);
  return { here, there: journals.map(({ lines }) => lines) };
}

describe('what was said in a call', () => {
  it('is at the server when it has ended, though server and process were killed in it', async () => {
    const ticket = await fetchTicket(stage.parley, 'receptionist');
    // Not by way of the server, whose death would cut the caller off for a moment too.
    const caller = await joinWith({ ...ticket, server_url: stage.parley.livekitUrl });
    await heardOut(caller);
    const callId = callIdSchema.parse(caller.roomSid);
    await type(caller, 'What are your prices?', 'fifteen pounds');
    process.kill(stage.parley.pids.server, 'SIGKILL');
    await type(caller, 'What are your opening hours?', 'from nine to six');
    await until('the server is back', () =>
      healthOf(stage.parley).then(
        ({ workers }) => workers.ready === 2,
        () => false,
      ),
    );
    const killedAtMs = caller.nowMs();
    process.kill(processOf(stage.parley, callId), 'SIGKILL');
    await caller.waitForAgentState('listening', { sinceMs: killedAtMs, ...WAIT });
    await type(caller, 'Tell me a joke.', 'two tired');
    await caller.leave();

    await until('every journal is at the server', async () => {
      const names = (await filesOf(stage.parley, callId)).map((file) => basename(file));
      const whole = names.filter((name) => name.endsWith('.ndjson.shipped'));
      return whole.length === 2 && !names.some((name) => name.includes('.owner-'));
    });
    const { here, there } = await bothCopies(callId);
    expect(there).toEqual(here);
    const answer = await fetch(`${stage.parley.url}/api/calls/${callId}`);
    const call = callDetailSchema.parse(await answer.json());
    expect(call).toMatchObject({ state: 'ended', endReason: 'caller_left', agent: 'receptionist' });
    expect(call.turns.flatMap((turn) => (turn.role === 'caller' ? [turn.text] : []))).toEqual([
      'What are your prices?',
      'What are your opening hours?',
      'Tell me a joke.',
    ]);
  }, 200_000);
});

describe('a process whose call another has', () => {
  it('leaves the room as soon as the server tells it so', async () => {
    const caller = await greetedBy(stage.parley, 'receptionist');
    const callId = callIdSchema.parse(caller.roomSid);
    const another = { callId, seat: MAIN_SEAT, generation: 2, workerId: 'another' };
    expect(await internalClient().claim(another, new AbortController().signal)).toEqual({ kind: 'granted' });
    await caller.sendChat('What are your prices?');
    await until('the agent has left', () =>
      caller.members().some(({ kind, leftAtMs }) => kind === 'agent' && leftAtMs !== null),
    );
    const journal =
      (await filesOf(stage.parley, callId)).find((file) => file.endsWith('.main.1.ndjson')) ?? '';
    expect(await readFile(journal, 'utf8')).toContain('"type":"endCall","data":{"reason":"superseded"}');
  }, 200_000);
});
