import type { Job } from '@livekit/protocol';
import { type JobMetadata, parseJobMetadata } from '@parley/contracts/dispatch';
import { agentIdentity, type CallId, callIdSchema, type ParticipantId } from '@parley/contracts/ids';
import type { AgentSummary } from '@parley/contracts/internal-api';
import { AGENT_ATTRIBUTE, type AgentState } from '@parley/contracts/room-protocol';
import { z } from 'zod';
import type { OfferAnswer } from './agent-messages.ts';

/** A job as LiveKit offers it, read. */
export interface OfferedJob {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly agentName: string;
  readonly roomName: string;
  readonly callId: CallId;
  /** The identity of the seat that the job is for. */
  readonly identity: ParticipantId;
  readonly metadata: JobMetadata;
}

/** A job that no worker can run, in words for whoever dispatched it. */
export interface FaultyJob {
  readonly jobId: string;
  readonly fault: string;
}

export type ReadJob =
  | { readonly kind: 'sound'; readonly job: OfferedJob }
  | { readonly kind: 'faulty'; readonly job: FaultyJob };

export function readJob(job: Job): ReadJob {
  const faulty = (fault: string): ReadJob => ({ kind: 'faulty', job: { jobId: job.id, fault } });
  const callId = callIdSchema.safeParse(job.room?.sid ?? '');
  const roomName = job.room?.name ?? '';
  if (!callId.success || roomName === '') return faulty('the job names no room');
  try {
    const metadata = parseJobMetadata(job.metadata);
    const { id: jobId, dispatchId, agentName } = job;
    const identity = agentIdentity(callId.data, metadata.seat);
    return {
      kind: 'sound',
      job: { jobId, dispatchId, agentName, roomName, callId: callId.data, identity, metadata },
    };
  } catch (error) {
    return faulty(`the job's metadata cannot be used: ${inWords(error)}`);
  }
}

/** The agent that joins for a job: its name and attributes are there from its first moment in the room. */
export function acceptance(
  job: OfferedJob,
  known: readonly AgentSummary[],
  defaultAgent: string,
): OfferAnswer {
  const agent = job.metadata.agent ?? defaultAgent;
  const state: AgentState = 'initializing';
  return {
    kind: 'accepted',
    identity: job.identity,
    name: known.find(({ name }) => name === agent)?.title ?? agent,
    attributes: {
      [AGENT_ATTRIBUTE.state]: state,
      [AGENT_ATTRIBUTE.name]: agent,
      [AGENT_ATTRIBUTE.callId]: job.callId,
      [AGENT_ATTRIBUTE.generation]: String(job.metadata.generation),
      [AGENT_ATTRIBUTE.agent]: agent,
    },
  };
}

function inWords(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
  return error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`).join('; ');
}
