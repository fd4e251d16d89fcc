import {
  AvailabilityResponse,
  JobStatus,
  JobType,
  ParticipantPermission,
  RegisterWorkerRequest,
  ServerMessage,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerMessage,
  WorkerPing,
  WorkerStatus,
} from '@livekit/protocol';

/** How an agent joins: it hears, speaks, writes, and states its own attributes. An empty list of sources is all. */
const AGENT_PERMISSIONS = new ParticipantPermission({
  canSubscribe: true,
  canPublish: true,
  canPublishData: true,
  canUpdateMetadata: true,
  canSubscribeMetrics: true,
});

/** The answer to an offered job: the agent that would join, or no. */
export type OfferAnswer =
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'accepted';
      readonly identity: string;
      readonly name: string;
      readonly attributes: Readonly<Record<string, string>>;
    };

/** How a job ended, or that it runs. */
export type JobUpdate =
  | { readonly kind: 'running' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: string };

const encode = (message: WorkerMessage['message']) => new WorkerMessage({ message }).toBinary();

export function registerMessage(agentName: string, version: string, pingEveryMs: number): Uint8Array {
  return encode({
    case: 'register',
    value: new RegisterWorkerRequest({
      type: JobType.JT_ROOM,
      agentName,
      version,
      pingInterval: Math.ceil(pingEveryMs / 1000),
      allowedPermissions: AGENT_PERMISSIONS,
    }),
  });
}

export function availabilityMessage(jobId: string, answer: OfferAnswer): Uint8Array {
  return encode({
    case: 'availability',
    value: new AvailabilityResponse(
      answer.kind === 'refused'
        ? { jobId, available: false }
        : {
            jobId,
            available: true,
            participantIdentity: answer.identity,
            participantName: answer.name,
            participantAttributes: { ...answer.attributes },
          },
    ),
  });
}

export function workerStatusMessage(status: {
  isTaking: boolean;
  load: number;
  jobCount: number;
}): Uint8Array {
  return encode({
    case: 'updateWorker',
    value: new UpdateWorkerStatus({
      status: status.isTaking ? WorkerStatus.WS_AVAILABLE : WorkerStatus.WS_FULL,
      load: status.load,
      jobCount: status.jobCount,
    }),
  });
}

export function jobUpdateMessage(jobId: string, update: JobUpdate): Uint8Array {
  const status = {
    running: JobStatus.JS_RUNNING,
    succeeded: JobStatus.JS_SUCCESS,
    failed: JobStatus.JS_FAILED,
  }[update.kind];
  const error = update.kind === 'failed' ? update.error : '';
  return encode({ case: 'updateJob', value: new UpdateJobStatus({ jobId, status, error }) });
}

export function pingMessage(nowMs: number): Uint8Array {
  return encode({ case: 'ping', value: new WorkerPing({ timestamp: BigInt(Math.round(nowMs)) }) });
}

/** Reads what the server sent. Throws where that is no protobuf. */
export function readServerMessage(data: Uint8Array): ServerMessage['message'] {
  return ServerMessage.fromBinary(data).message;
}
