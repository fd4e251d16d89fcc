import type { Job, JobAssignment } from '@livekit/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { AgentConnection, OpenAgentConnection } from './agent-connection.ts';
import {
  availabilityMessage,
  type JobUpdate,
  jobUpdateMessage,
  type OfferAnswer,
  pingMessage,
  readServerMessage,
  registerMessage,
  workerStatusMessage,
} from './agent-messages.ts';
import { type BackOff, backOffMs } from './back-off.ts';

/** Status and ping go out this often. Source: LiveKit's own workers, 2.5 s. */
const BEAT_EVERY_MS = 2_500;
/** Beats without a word from the server after which it counts as gone; beats, as a stalled process sends none. */
const UNANSWERED_BEATS = 3;
/** The server answers a registration within milliseconds. */
const REGISTER_TIMEOUT_MS = 5_000;
/** Short, so that a worker is back within 3 s of its server. */
const RECONNECT: BackOff = { firstMs: 200, longestMs: 2_000 };

/** A server that stays away is named again about once a minute. */
const TRIES_A_WARNING = 30;

/** A process's worker at livekit-server under one agent name; connects again for ever until it is closed. */
export interface WorkerSocket {
  readonly agentName: string;
  readonly isRegistered: boolean;
  /** Tells the server, now, how full this worker is. */
  sendStatus(): void;
  /** Tells how a job stands; while not registered this is dropped, as the server forgot the job with the socket. */
  sendJobUpdate(jobId: string, update: JobUpdate): void;
  /** Leaves for good. */
  close(): void;
}

export interface WorkerSocketOptions {
  readonly url: string;
  readonly agentName: string;
  readonly version: string;
  readonly mintToken: () => Promise<string>;
  readonly openConnection: OpenAgentConnection;
  readonly status: () => { isTaking: boolean; load: number; jobCount: number };
  /** Answers an offer of a job, at once. */
  readonly onOffer: (job: Job) => OfferAnswer;
  readonly onAssignment: (assignment: JobAssignment, socket: WorkerSocket) => void;
  readonly onTermination: (jobId: string) => void;
  /** Registered, or no longer. */
  readonly onRegistrationChanged: () => void;
  readonly clock: Clock;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly log: Logger;
}

type Phase =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'connecting'; readonly connection: AgentConnection | null }
  | { readonly kind: 'registering'; readonly connection: AgentConnection }
  | { readonly kind: 'registered'; readonly connection: AgentConnection; readonly workerId: string }
  | { readonly kind: 'closed' };

export function openWorkerSocket(options: WorkerSocketOptions): WorkerSocket {
  const { agentName, clock, log } = options;
  let phase: Phase = { kind: 'waiting' };
  let failedTries = 0;
  let unansweredBeats = 0;
  let cancelTimer = () => {};

  const schedule = (inMs: number, fire: () => void) => {
    cancelTimer();
    cancelTimer = clock.at(clock.nowMs() + inMs, fire);
  };

  const connect = async () => {
    phase = { kind: 'connecting', connection: null };
    let token: string;
    try {
      token = await options.mintToken();
    } catch (error) {
      return lost(`no token: ${String(error)}`);
    }
    if (phase.kind !== 'connecting') return;
    // What a connection that was given up says later is of no interest.
    const ifCurrent = (act: () => void) => {
      if ('connection' in phase && phase.connection === connection) act();
    };
    const connection = options.openConnection(
      { url: options.url, token },
      {
        onOpen: () => ifCurrent(() => register(connection)),
        onMessage: (data) => ifCurrent(() => receive(data, connection)),
        onClosed: (reason) => ifCurrent(() => lost(reason)),
      },
    );
    phase = { kind: 'connecting', connection };
  };

  const register = (connection: AgentConnection) => {
    phase = { kind: 'registering', connection };
    connection.send(registerMessage(agentName, options.version, BEAT_EVERY_MS));
    schedule(REGISTER_TIMEOUT_MS, () => giveUp(connection, 'the server did not answer the registration'));
  };

  const registered = (connection: AgentConnection, workerId: string) => {
    phase = { kind: 'registered', connection, workerId };
    log.info({ agentName, livekitWorkerId: workerId }, 'registered with livekit-server');
    beat(connection);
    options.onRegistrationChanged();
  };

  // A registration that lasted a beat is a success: a server that drops each at once is not tried in a tight loop.
  const keepBeating = (connection: AgentConnection) => {
    failedTries = 0;
    beat(connection);
  };

  const beat = (connection: AgentConnection) => {
    if (unansweredBeats >= UNANSWERED_BEATS) return giveUp(connection, 'the server went silent');
    unansweredBeats++;
    connection.send(workerStatusMessage(options.status()));
    connection.send(pingMessage(clock.nowMs()));
    schedule(BEAT_EVERY_MS, () => keepBeating(connection));
  };

  const giveUp = (connection: AgentConnection, reason: string) => {
    lost(reason);
    connection.close();
  };

  const lost = (reason: string) => {
    const wasRegistered = phase.kind === 'registered';
    phase = { kind: 'waiting' };
    unansweredBeats = 0;
    const inMs = backOffMs(failedTries, RECONNECT, options.random);
    if (failedTries % TRIES_A_WARNING === 0)
      log.warn({ agentName, reason: explain(reason) }, 'livekit-server is away, trying again');
    else log.debug({ agentName, reason, inMs }, 'livekit-server is still away');
    failedTries++;
    schedule(inMs, () => void connect());
    if (wasRegistered) options.onRegistrationChanged();
  };

  const receive = (data: Uint8Array, connection: AgentConnection) => {
    unansweredBeats = 0;
    try {
      const message = readServerMessage(data);
      switch (message.case) {
        case 'register':
          return registered(connection, message.value.workerId);
        case 'availability':
          return answerOffer(connection, message.value.job);
        case 'assignment':
          return options.onAssignment(message.value, socket);
        case 'termination':
          return options.onTermination(message.value.jobId);
        case 'pong':
          return;
        case undefined:
          log.warn({ agentName, bytes: data.length }, 'livekit-server sent a message of a kind unknown here');
      }
    } catch (error) {
      log.warn(
        { err: error, agentName, bytes: data.length },
        'a message of livekit-server could not be used',
      );
    }
  };

  const answerOffer = (connection: AgentConnection, job: Job | undefined) => {
    if (job === undefined || job.id === '') return log.warn({ agentName }, 'livekit-server offered no job');
    connection.send(availabilityMessage(job.id, options.onOffer(job)));
  };

  const socket: WorkerSocket = {
    agentName,
    get isRegistered() {
      return phase.kind === 'registered';
    },
    sendStatus: () => {
      if (phase.kind === 'registered') phase.connection.send(workerStatusMessage(options.status()));
    },
    sendJobUpdate: (jobId, update) => {
      if (phase.kind === 'registered') phase.connection.send(jobUpdateMessage(jobId, update));
    },
    close: () => {
      const connection = 'connection' in phase ? phase.connection : null;
      phase = { kind: 'closed' };
      cancelTimer();
      connection?.close();
    },
  };
  void connect();
  return socket;
}

function explain(reason: string): string {
  if (!reason.includes('401')) return reason;
  return `${reason}: it does not know this LIVEKIT_API_KEY and LIVEKIT_API_SECRET`;
}
