import { ParticipantInfo_Kind } from '@livekit/protocol';
import { type JobMetadata, WORKER_AGENT_NAME } from '@parley/contracts/dispatch';
import { type CallId, callIdSchema, generationSchema, type ParticipantId } from '@parley/contracts/ids';
import { AGENT_ATTRIBUTE } from '@parley/contracts/room-protocol';
import { AgentDispatchClient, RoomServiceClient, ServerError } from 'livekit-server-sdk';

/** Longest wait for one answer of livekit-server's API, in seconds. */
const REQUEST_TIMEOUT_S = 2;

/** Kinds of participants that are no people. */
const MACHINE_KINDS: ReadonlySet<ParticipantInfo_Kind> = new Set([
  ParticipantInfo_Kind.AGENT,
  ParticipantInfo_Kind.INGRESS,
  ParticipantInfo_Kind.EGRESS,
]);

export interface RoomPeople {
  readonly callId: CallId;
  /** Participants that are people, by browser or by phone. */
  readonly humans: number;
  /** Generation of each agent, by identity. */
  readonly agents: ReadonlyMap<string, number>;
}

/** What workers and their supervisor ask of livekit-server's API. Each rejects when it cannot be reached in 2 s. */
export interface RoomService {
  /** Who is in the room of this name, or null where there is none. */
  people(roomName: string): Promise<RoomPeople | null>;
  /** The generation that sits in a seat now, or null where it is empty. */
  seatGeneration(roomName: string, identity: ParticipantId): Promise<number | null>;
  /** Whether the dispatch still stands: it goes when someone deletes it, and with its room. */
  hasDispatch(roomName: string, dispatchId: string): Promise<boolean>;
  /** Asks for an agent in a room that exists. */
  dispatch(roomName: string, metadata: JobMetadata): Promise<void>;
  /** Ends the room for everyone in it; one that is gone already is no error. */
  deleteRoom(roomName: string): Promise<void>;
}

export function createRoomService({
  url,
  apiKey,
  apiSecret,
}: {
  /** `ws:` or `http:` address of livekit-server. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}): RoomService {
  const host = url.replace(/^ws/, 'http');
  const options = { requestTimeout: REQUEST_TIMEOUT_S, failover: false };
  const rooms = new RoomServiceClient(host, apiKey, apiSecret, options);
  const dispatches = new AgentDispatchClient(host, apiKey, apiSecret, options);

  const agentsAndHumans = async (roomName: string) => {
    const agents = new Map<string, number>();
    let humans = 0;
    for (const { kind, identity, attributes } of await rooms.listParticipants(roomName)) {
      if (!MACHINE_KINDS.has(kind)) humans++;
      // An agent that states no generation is taken for the first.
      const generation = generationSchema.safeParse(Number(attributes[AGENT_ATTRIBUTE.generation]));
      if (kind === ParticipantInfo_Kind.AGENT) agents.set(identity, generation.success ? generation.data : 1);
    }
    return { agents, humans };
  };

  return {
    async people(roomName) {
      const [room] = await rooms.listRooms([roomName]);
      if (room === undefined) return null;
      const people = await orIfGone(agentsAndHumans(roomName), null);
      return people && { callId: callIdSchema.parse(room.sid), ...people };
    },
    async seatGeneration(roomName, identity) {
      const people = await orIfGone(agentsAndHumans(roomName), null);
      return people?.agents.get(identity) ?? null;
    },
    async hasDispatch(roomName, dispatchId) {
      const standing = await orIfGone(dispatches.listDispatch(roomName), []);
      return standing.some(({ id }) => id === dispatchId);
    },
    async dispatch(roomName, metadata) {
      await dispatches.createDispatch(roomName, WORKER_AGENT_NAME, { metadata: JSON.stringify(metadata) });
    },
    deleteRoom: (roomName) => orIfGone(rooms.deleteRoom(roomName), undefined),
  };
}

async function orIfGone<T, G>(answer: Promise<T>, ifGone: G): Promise<T | G> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerError && error.code === 'not_found') return ifGone;
    throw error;
  }
}
