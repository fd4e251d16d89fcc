import { ServerMessage, WorkerMessage } from '@livekit/protocol';
import type { AgentConnectionEvents, OpenAgentConnection } from '../agent-connection.ts';

/** The far end of one connection to a livekit-server that a test plays. */
export interface FakeSfuConnection extends AgentConnectionEvents {
  readonly token: string;
  readonly isClosedByWorker: boolean;
  /** What the worker sent and was not taken yet, by kind. */
  take<K extends string>(kind: K): Extract<WorkerMessage['message'], { case: K }>['value'][];
  send(message: ServerMessage['message']): void;
  /** Opens and answers the registration. */
  register(workerId?: string): void;
}

export interface FakeSfu {
  readonly open: OpenAgentConnection;
  readonly connections: readonly FakeSfuConnection[];
  readonly last: FakeSfuConnection;
}

/** A livekit-server in memory that does what the test tells it, and nothing else. */
export function createFakeSfu(): FakeSfu {
  const connections: FakeSfuConnection[] = [];
  return {
    connections,
    get last() {
      const connection = connections.at(-1);
      if (connection === undefined) throw new Error('nobody has connected');
      return connection;
    },
    open: ({ token }, events) => {
      let received: WorkerMessage['message'][] = [];
      let isClosedByWorker = false;
      const send = (message: ServerMessage['message']) =>
        events.onMessage(new ServerMessage({ message }).toBinary());
      connections.push({
        ...events,
        token,
        get isClosedByWorker() {
          return isClosedByWorker;
        },
        take: (kind) => {
          const taken = received.filter((message) => message.case === kind);
          received = received.filter((message) => message.case !== kind);
          return taken.map(({ value }) => value) as never;
        },
        send,
        register: (workerId = 'AW_1') => {
          events.onOpen();
          send(new ServerMessage({ message: { case: 'register', value: { workerId } } }).message);
        },
      });
      return {
        send: (data) => void received.push(WorkerMessage.fromBinary(data).message),
        close: () => {
          isClosedByWorker = true;
        },
      };
    },
  };
}
