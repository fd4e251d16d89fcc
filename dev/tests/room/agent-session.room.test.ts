import { AgentSession } from '@livekit/protocol';
import { type ByteStreamReader, Room } from '@livekit/rtc-node';
import { TOPIC } from '@parley/contracts/room-protocol';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, expect, it, onTestFailed } from 'vitest';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { fetchTicket, until } from './parley-call.ts';

let parley: Parley;
const rooms: Room[] = [];

beforeAll(async () => {
  parley = await startParley();
}, 120_000);

afterEach(async () => {
  await Promise.all(rooms.splice(0).map((room) => room.disconnect()));
}, 30_000);

afterAll(() => parley?.stop(), 30_000);

type Message = AgentSession.AgentSessionMessage['message'];

/** A client that keeps what it is told of the session, and asks for more. */
async function joinAsDebugClient(url: string, token: string) {
  const room = new Room();
  rooms.push(room);
  const told: Message[] = [];
  const hear = async (reader: ByteStreamReader) => {
    const bytes = new Uint8Array(Buffer.concat(await reader.readAll()));
    told.push(AgentSession.AgentSessionMessage.fromBinary(bytes).message);
  };
  room.registerByteStreamHandler(TOPIC.session, (reader) => void hear(reader));
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  const send = async (value: AgentSession.SessionRequest) => {
    const message = new AgentSession.AgentSessionMessage({ message: { case: 'request', value } });
    const writer = await room.localParticipant?.streamBytes({ topic: TOPIC.session });
    await writer?.write(message.toBinary());
    await writer?.close();
  };
  const answerTo = (requestId: string) =>
    told.flatMap((message) =>
      message.case === 'response' && message.value.requestId === requestId ? [message.value.response] : [],
    )[0];
  return {
    told,
    events: () => told.flatMap((message) => (message.case === 'event' ? [message.value.event] : [])),
    send,
    async ask(request: AgentSession.SessionRequest['request']) {
      const requestId = `${request.case}-${told.length}`;
      await send(new AgentSession.SessionRequest({ requestId, request }));
      await until(`an answer to ${request.case}`, () => answerTo(requestId) !== undefined);
      return answerTo(requestId);
    },
    type: async (text: string) => void (await room.localParticipant?.sendText(text, { topic: TOPIC.chat })),
  };
}

it('tells a stock debug client of the call, and answers each thing that it asks; a stranger is told nothing', async () => {
  onTestFailed(() => console.info(parley.logs()));
  const ticket = await fetchTicket(parley, 'receptionist');
  const client = await joinAsDebugClient(ticket.server_url, ticket.participant_token);
  const strangerToken = new AccessToken(parley.apiKey, parley.apiSecret, { identity: 'stranger' });
  strangerToken.addGrant({ roomJoin: true, room: ticket.room_name });

  const messages = () =>
    client
      .events()
      .flatMap((event) =>
        event.case === 'conversationItemAdded' && event.value.item?.item.case === 'message'
          ? [event.value.item.item.value]
          : [],
      );
  await until('the greeting was heard', () => messages().length === 1);
  const stranger = await joinAsDebugClient(parley.livekitUrl, await strangerToken.toJwt());
  await client.type('What are your opening hours?');
  await until('the answer was heard', () => messages().length === 3);
  const { USER, ASSISTANT } = AgentSession.ChatRole;
  expect(messages().map(({ role }) => role)).toEqual([ASSISTANT, USER, ASSISTANT]);
  const cases = new Set(client.events().map((event) => event.case));
  expect([...cases]).toEqual(expect.arrayContaining(['agentStateChanged', 'sessionUsageUpdated']));

  expect((await client.ask({ case: 'ping', value: new AgentSession.SessionRequest_Ping() }))?.case).toBe(
    'pong',
  );
  const history = await client.ask({
    case: 'getChatHistory',
    value: new AgentSession.SessionRequest_GetChatHistory(),
  });
  const items = history?.case === 'getChatHistory' ? history.value.items : [];
  const texts = items.map(({ item }) =>
    item.case === 'message' ? item.value.content[0]?.payload.value : '',
  );
  expect(texts).toEqual(messages().map(({ content }) => content[0]?.payload.value));
  expect(texts[1]).toBe('What are your opening hours?');
  const state = await client.ask({
    case: 'getSessionState',
    value: new AgentSession.SessionRequest_GetSessionState(),
  });
  expect(state?.value).toMatchObject({ agentId: 'receptionist' });
  const usage = await client.ask({
    case: 'getSessionUsage',
    value: new AgentSession.SessionRequest_GetSessionUsage(),
  });
  const counted = usage?.case === 'getSessionUsage' ? (usage.value.usage?.modelUsage ?? []) : [];
  for (const { usage: of } of counted) expect(['tts', 'stt']).toContain(of.case);

  await stranger.send(
    new AgentSession.SessionRequest({
      requestId: 'q',
      request: { case: 'getChatHistory', value: new AgentSession.SessionRequest_GetChatHistory() },
    }),
  );
  await until('the agent has refused', () => parley.logs().includes('not the linked caller'));
  // What another client asks goes to everybody in the room; what the agent tells does not.
  expect(stranger.told.filter((message) => message.case !== 'request')).toEqual([]);
});
