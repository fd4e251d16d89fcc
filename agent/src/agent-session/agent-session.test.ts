import { AgentSession } from '@livekit/protocol';
import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { participantIdSchema } from '@parley/contracts/ids';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';
import { journalOf } from '@parley/engine/record/testing/folded-call';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createCallSession } from './agent-session.ts';

const GUEST = participantIdSchema.parse('guest');
const ANSWER = 'We open at nine.';

type Request = AgentSession.SessionRequest['request'];

/** A call in which the caller asks one thing and is answered, seen by its session. */
function talked() {
  const call = new VirtualCall(testSettings(), { answer: () => ANSWER }).connect();
  call.say(4_000, 5_500, 'When do you open?').run(12_000);
  const usage: CallEvent = {
    type: 'usageCounted',
    atMs: 3_000,
    data: { stage: 'tts', provider: 'embedded', model: 'flite', characters: 40 },
  };
  const stt: CallEvent = {
    type: 'usageCounted',
    atMs: 3_500,
    data: { stage: 'stt', provider: 'embedded', model: 'soundswallower', audioMs: 1_500 },
  };
  const events = [...call.events, usage, usage, stt].sort((a, b) => a.atMs - b.atMs);
  const { header, lines } = journalOf(call.state.settings, events);
  const sent: { to: string; message: AgentSession.AgentSessionMessage['message'] }[] = [];
  const warnings: string[] = [];
  const session = createCallSession({
    agent: header.agent,
    startedAtEpochMs: header.startedAtEpochMs,
    version: header.engineVersion,
    send: (to, bytes) =>
      sent.push({ to, message: AgentSession.AgentSessionMessage.fromBinary(bytes).message }),
    log: pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) }),
  });
  let record = foldHeader(EMPTY_RECORD, header);
  let step: { event: CallEvent; commands: CallCommand[] } | null = null;
  const endStep = () => {
    if (step !== null)
      session.step(step.event, step.commands, { record, conversation: call.state.conversation });
  };
  for (const line of lines) {
    if (line.line === 'event') {
      endStep();
      step = { event: { type: line.type, atMs: line.atMs, data: line.data } as CallEvent, commands: [] };
    } else step?.commands.push({ type: line.type, data: line.data } as CallCommand);
    record = foldRecord(record, line);
  }
  endStep();
  const ask = (of: typeof CALLER, request: Request) => {
    const before = sent.length;
    const value = new AgentSession.SessionRequest({ requestId: 'q1', request });
    const message = new AgentSession.AgentSessionMessage({ message: { case: 'request', value } });
    session.take(of, message.toBinary());
    return sent.slice(before).map(({ to, message: answer }) => {
      expect(to).toBe(of);
      if (answer.case !== 'response') throw new Error(`answered by ${answer.case}`);
      expect(answer.value.requestId).toBe('q1');
      return answer.value;
    });
  };
  const eventsSent = sent.flatMap(({ to, message }) => {
    expect(to).toBe(CALLER);
    return message.case === 'event' ? [message.value] : [];
  });
  return { session, sent, eventsSent, ask, warnings, header };
}

const ping: Request = { case: 'ping', value: new AgentSession.SessionRequest_Ping() };

it('tells the linked caller what happens, in order and by the wall clock', () => {
  const { eventsSent, header } = talked();
  const { AS_INITIALIZING, AS_SPEAKING, AS_LISTENING } = AgentSession.AgentState;
  const states = eventsSent.flatMap(({ event }) =>
    event.case === 'agentStateChanged' ? [[event.value.oldState, event.value.newState]] : [],
  );
  expect(states[0]?.[0]).toBe(AS_INITIALIZING);
  expect(states.map(([, now]) => now)).toContain(AS_SPEAKING);
  expect(states.at(-1)?.[1]).toBe(AS_LISTENING);
  for (const [index, [before]] of states.slice(1).entries()) expect(before).toBe(states[index]?.[1]);
  const user = eventsSent.flatMap(({ event }) =>
    event.case === 'userStateChanged' ? [event.value.newState] : [],
  );
  const { US_SPEAKING, US_LISTENING } = AgentSession.UserState;
  expect(user).toEqual([US_SPEAKING, US_LISTENING]);
  const items = eventsSent.flatMap(({ event }) =>
    event.case === 'conversationItemAdded' && event.value.item?.item.case === 'message'
      ? [event.value.item.item.value]
      : [],
  );
  const { USER, ASSISTANT } = AgentSession.ChatRole;
  expect(items.map(({ role, content }) => [role, content[0]?.payload.value])).toEqual([
    [ASSISTANT, expect.stringContaining('Hello')],
    [USER, 'When do you open?'],
    [ASSISTANT, ANSWER],
  ]);
  expect(items.at(-1)?.metrics?.endOfTurnDelay).toBeGreaterThan(0);
  expect(items.at(-1)?.metrics?.e2eLatency).toBeUndefined();
  const heard = eventsSent.findLast(({ event }) => event.case === 'userInputTranscribed');
  expect(heard?.event.value).toMatchObject({ transcript: 'When do you open?', isFinal: true });
  const first = Number(eventsSent[0]?.createdAt?.seconds) * 1000;
  expect(first).toBeGreaterThanOrEqual(header.startedAtEpochMs - 1_000);
});

it('answers ping, state, history and usage', () => {
  const { ask } = talked();
  expect(ask(CALLER, ping)[0]?.response.case).toBe('pong');
  const [state] = ask(CALLER, {
    case: 'getSessionState',
    value: new AgentSession.SessionRequest_GetSessionState(),
  });
  expect(state?.response.value).toMatchObject({
    agentState: AgentSession.AgentState.AS_LISTENING,
    userState: AgentSession.UserState.US_LISTENING,
    agentId: 'desk',
  });
  const [history] = ask(CALLER, {
    case: 'getChatHistory',
    value: new AgentSession.SessionRequest_GetChatHistory(),
  });
  const items = history?.response.case === 'getChatHistory' ? history.response.value.items : [];
  const texts = items.map(({ item }) =>
    item.case === 'message' ? item.value.content[0]?.payload.value : '',
  );
  expect(texts).toEqual([expect.stringContaining('Hello'), 'When do you open?', ANSWER]);
  const [usage] = ask(CALLER, {
    case: 'getSessionUsage',
    value: new AgentSession.SessionRequest_GetSessionUsage(),
  });
  const counted = usage?.response.case === 'getSessionUsage' ? usage.response.value.usage?.modelUsage : [];
  expect(counted?.map(({ usage: of }) => of)).toMatchObject([
    { case: 'tts', value: { provider: 'embedded', model: 'flite', charactersCount: 80 } },
    { case: 'stt', value: { model: 'soundswallower', audioDuration: 1.5 } },
  ]);
});

it('refuses by an error what would change the call, and tells nothing of how the agent is made', () => {
  const { ask } = talked();
  const input = new AgentSession.SessionRequest_RunInput({ text: 'buy it' });
  expect(ask(CALLER, { case: 'runInput', value: input })[0]?.error).toContain('lk.chat');
  const io = new AgentSession.SessionRequest_UpdateIO();
  expect(ask(CALLER, { case: 'updateIo', value: io })[0]?.error).toBeTruthy();
  const [info] = ask(CALLER, { case: 'getAgentInfo', value: new AgentSession.SessionRequest_GetAgentInfo() });
  expect(info?.response.value).toMatchObject({ id: 'desk', tools: [] });
  expect(info?.response.case === 'getAgentInfo' && info.response.value.instructions).toBeFalsy();
});

it('answers nobody but the linked caller, and takes nothing but requests', () => {
  const { ask, session, sent, warnings } = talked();
  const before = sent.length;
  expect(ask(GUEST, ping)).toEqual([]);
  expect(ask(GUEST, ping)).toEqual([]);
  session.take(CALLER, new Uint8Array([255, 255, 255]));
  const value = new AgentSession.SessionResponse({ requestId: 'q1' });
  session.take(
    CALLER,
    new AgentSession.AgentSessionMessage({ message: { case: 'response', value } }).toBinary(),
  );
  expect(sent).toHaveLength(before);
  expect(warnings).toHaveLength(1);
});
