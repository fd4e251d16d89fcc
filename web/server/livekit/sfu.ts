import { type ParticipantInfo, ParticipantInfo_Kind, ParticipantInfo_State } from '@livekit/protocol';
import type { CallNotice } from '@parley/contracts/call-notice';
import { type JobMetadata, parseJobMetadata, WORKER_AGENT_NAME } from '@parley/contracts/dispatch';
import { agentIdentity, type CallId, callIdSchema, generationSchema, MAIN_SEAT } from '@parley/contracts/ids';
import type { RoomCommand } from '@parley/contracts/room-command';
import { AGENT_ATTRIBUTE, TOPIC } from '@parley/contracts/room-protocol';
import {
  AgentDispatchClient,
  DataPacket_Kind,
  RoomAgentDispatch,
  RoomServiceClient,
  ServerError,
} from 'livekit-server-sdk';
import { DEPARTURE_TIMEOUT_S, EMPTY_TIMEOUT_S } from './room-lifetime.ts';
import { signCommand } from './sign-command.ts';

/** Longest wait for one answer of livekit-server's API, in s. */
const REQUEST_TIMEOUT_S = 2;

/** Somebody in a room, as far as the watch of a call cares. */
export interface Person {
  /** One presence of a participant: another each time it joins. */
  readonly sid: string;
  /** `agent`: ours, in the main seat. */
  readonly role: 'human' | 'agent' | 'other';
  /** Of an agent; 1 where it states none. */
  readonly generation: number;
}

/** livekit-server did not do what it was asked. */
export class SfuError extends Error {
  override readonly name = 'SfuError';
  readonly code: 'unreachable' | 'refused' | 'failed';
  constructor(code: SfuError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What the server asks of livekit-server's API. Each rejects with `SfuError` within 2 s where there is no answer. */
export interface Sfu {
  /** Makes a room with its agent on the way. */
  createRoom(roomName: string, job: JobMetadata): Promise<CallId>;
  /** Every room there is. */
  rooms(): Promise<readonly { readonly roomName: string; readonly callId: CallId }[]>;
  /** The call that a room of that name is now; null where there is none. */
  callIn(roomName: string): Promise<CallId | null>;
  /** The identities of who is in a room; none where there is no such room. */
  identities(roomName: string): Promise<readonly string[]>;
  /** Who is in a room; nobody where there is none. */
  people(roomName: string, callId: CallId): Promise<readonly Person[]>;
  /** What our dispatches of a room say, oldest first. */
  dispatches(roomName: string): Promise<readonly JobMetadata[]>;
  /** Asks for an agent in a room that exists. */
  dispatch(roomName: string, job: JobMetadata): Promise<void>;
  sendNotice(roomName: string, notice: CallNotice): Promise<void>;
  /** Tells the agent of a call what an operator wants; nobody where it is not there. */
  sendCommand(roomName: string, callId: CallId, command: RoomCommand): Promise<void>;
  /** Ends a room for everybody in it; nothing where there is none. */
  closeRoom(roomName: string): Promise<void>;
  /** Resolves when livekit-server answers and takes our key. */
  ping(): Promise<void>;
}

export function createSfu({
  url,
  apiKey,
  apiSecret,
}: {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}): Sfu {
  const options = { requestTimeout: REQUEST_TIMEOUT_S, failover: false };
  const rooms = new RoomServiceClient(url, apiKey, apiSecret, options);
  const agents = new AgentDispatchClient(url, apiKey, apiSecret, options);
  const listRooms = (names?: string[]) => translateErrors(rooms.listRooms(names));
  const listPresent = async (roomName: string) => {
    const participants = await translateErrors(orIfGone(rooms.listParticipants(roomName), []));
    return participants.filter(({ state }) => state !== ParticipantInfo_State.DISCONNECTED);
  };
  const send = async (
    roomName: string,
    text: string,
    options: { readonly topic: string; readonly destinationIdentities?: string[] },
  ) => {
    const data = new TextEncoder().encode(text);
    const sent = rooms.sendData(roomName, data, DataPacket_Kind.RELIABLE, options);
    await translateErrors(orIfGone(sent, undefined));
  };

  return {
    async createRoom(roomName, job) {
      const agent = new RoomAgentDispatch({ agentName: WORKER_AGENT_NAME, metadata: JSON.stringify(job) });
      const limits = { emptyTimeout: EMPTY_TIMEOUT_S, departureTimeout: DEPARTURE_TIMEOUT_S };
      const room = await translateErrors(rooms.createRoom({ name: roomName, ...limits, agents: [agent] }));
      return callIdSchema.parse(room.sid);
    },
    async rooms() {
      return (await listRooms()).map(({ name, sid }) => ({
        roomName: name,
        callId: callIdSchema.parse(sid),
      }));
    },
    async callIn(roomName) {
      const [room] = await listRooms([roomName]);
      return room === undefined ? null : callIdSchema.parse(room.sid);
    },
    async identities(roomName) {
      return (await listPresent(roomName)).map(({ identity }) => identity);
    },
    async people(roomName, callId) {
      return (await listPresent(roomName)).map((participant) => readPerson(participant, callId));
    },
    async dispatches(roomName) {
      const all = await translateErrors(orIfGone(agents.listDispatch(roomName), []));
      const createdAt = (dispatch: (typeof all)[number]) => dispatch.state?.createdAt ?? 0n;
      return all
        .filter(({ agentName }) => agentName === WORKER_AGENT_NAME)
        .sort((one, other) => Number(createdAt(one) - createdAt(other)))
        .flatMap(({ metadata }) => readJob(metadata));
    },
    async dispatch(roomName, job) {
      await translateErrors(
        agents.createDispatch(roomName, WORKER_AGENT_NAME, { metadata: JSON.stringify(job) }),
      );
    },
    sendNotice: (roomName, notice) => send(roomName, JSON.stringify(notice), { topic: TOPIC.notice }),
    async sendCommand(roomName, callId, command) {
      const token = await signCommand(callId, command, { apiKey, apiSecret });
      const destinationIdentities = [agentIdentity(callId, MAIN_SEAT)];
      await send(roomName, token, { topic: TOPIC.command, destinationIdentities });
    },
    async closeRoom(roomName) {
      await translateErrors(orIfGone(rooms.deleteRoom(roomName), undefined));
    },
    async ping() {
      await listRooms(['-']);
    },
  };
}

/** Who a participant is to the watch of a call. */
export function readPerson(participant: ParticipantInfo, callId: CallId): Person {
  const { sid, kind, identity, attributes } = participant;
  const generation = generationSchema.catch(1).parse(Number(attributes[AGENT_ATTRIBUTE.generation]));
  return { sid, role: roleOf(kind, identity === agentIdentity(callId, MAIN_SEAT)), generation };
}

function roleOf(kind: ParticipantInfo_Kind, isMainSeat: boolean): Person['role'] {
  if (kind === ParticipantInfo_Kind.AGENT) return isMainSeat ? 'agent' : 'other';
  return kind === ParticipantInfo_Kind.INGRESS || kind === ParticipantInfo_Kind.EGRESS ? 'other' : 'human';
}

/** A dispatch made by hand may say anything; one that cannot be read tells nothing. */
function readJob(metadata: string): JobMetadata[] {
  try {
    return [parseJobMetadata(metadata)];
  } catch {
    return [];
  }
}

async function orIfGone<T, G>(answer: Promise<T>, ifGone: G): Promise<T | G> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerError && error.code === 'not_found') return ifGone;
    throw error;
  }
}

async function translateErrors<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof ServerError))
      throw new SfuError('unreachable', 'livekit-server cannot be reached', cause);
    const isRefusal = cause.status === 401 || cause.status === 403;
    throw new SfuError(isRefusal ? 'refused' : 'failed', `livekit-server answered: ${cause.message}`, cause);
  }
}
