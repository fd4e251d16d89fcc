import { type CallDetail, callDetailSchema } from '@parley/contracts/call-record';
import { callListSchema } from '@parley/contracts/calls-api';
import { RoomServiceClient } from 'livekit-server-sdk';
import { describe, expect, it } from 'vitest';
import { fetchTicket, greetedBy, heardOut, joinWith, processOf, until, WAIT } from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';

const stage = openParleyStage(1);

async function callsOf(roomName: string) {
  const response = await fetch(`${stage.parley.url}/api/calls`);
  const { calls } = callListSchema.parse(await response.json());
  return calls.filter((call) => call.roomName === roomName);
}

/** The call as it is stored once that is so. */
async function storedCall(
  callId: string,
  what: string,
  isSo: (call: CallDetail) => boolean,
): Promise<CallDetail> {
  let call: CallDetail | undefined;
  await until(what, async () => {
    const response = await fetch(`${stage.parley.url}/api/calls/${callId}`);
    if (response.ok) call = callDetailSchema.parse(await response.json());
    return call !== undefined && isSo(call);
  });
  if (call === undefined) throw new Error(`${callId} is not stored`);
  return call;
}

describe('the record of a call', () => {
  it(
    'is there from the token on, and whole soon after the caller hangs up',
    async () => {
      const ticket = await fetchTicket(stage.parley, 'storyteller');
      await until('the call waits', async () => (await callsOf(ticket.room_name))[0]?.state === 'waiting');
      const caller = await joinWith(ticket);
      await heardOut(caller);
      const [running] = await callsOf(ticket.room_name);
      expect(running).toMatchObject({ callId: caller.roomSid, agent: 'storyteller', channel: 'web' });
      await caller.say(await stage.speaker.speak('Tell me a story.'));
      await caller.waitForText(({ text }) => text.includes('river'), WAIT);
      await caller.leave();
      const call = await storedCall(caller.roomSid, 'the call is over', ({ state }) => state === 'ended');
      expect(call).toMatchObject({ endReason: 'caller_left', agentVersion: 1 });
      expect(call.answeredAtMs).toBeGreaterThanOrEqual(call.createdAtMs);
      expect(call.turns.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
      expect(call.turns[0]?.text).toBe('Good day.');
      expect(call.turns[2]).toMatchObject({ isInterrupted: true, answers: expect.any(String) });
    },
    4 * WAIT.timeoutMs,
  );

  it(
    'of a call whose agent and room are lost at once ends with that',
    async () => {
      const caller = await greetedBy(stage.parley, 'storyteller');
      const [call] = (
        await callListSchema.parseAsync(await (await fetch(`${stage.parley.url}/api/calls`)).json())
      ).calls;
      if (call === undefined) throw new Error('no call is stored');
      const rooms = new RoomServiceClient(
        stage.parley.livekitUrl,
        stage.parley.apiKey,
        stage.parley.apiSecret,
      );
      process.kill(processOf(stage.parley, caller.roomSid), 'SIGKILL');
      await rooms.deleteRoom(call.roomName);
      const lost = await storedCall(caller.roomSid, 'the call is over', ({ state }) => state === 'ended');
      expect(lost).toMatchObject({ callId: call.callId, endReason: 'agent_lost' });
      expect(lost.turns[0]?.text).toBe('Good day.');
    },
    4 * WAIT.timeoutMs,
  );
});
