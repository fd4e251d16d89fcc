import type { JobMetadata } from '@parley/contracts/dispatch';
import type { CallId } from '@parley/contracts/ids';
import type { AgentSummary, StageName, StageReport } from '@parley/contracts/internal-api';

/** A job that LiveKit assigned to this process and that won its claim: a call to be run. */
export interface AssignedCall {
  readonly jobId: string;
  readonly callId: CallId;
  readonly roomName: string;
  /** The SFU's address and the agent's own token, as assigned. */
  readonly url: string;
  readonly token: string;
  readonly metadata: JobMetadata;
}

/** Why a running call is told to stop from outside. */
export class CallStopped extends Error {
  override readonly name = 'CallStopped';
  readonly code: 'terminated_by_server' | 'worker_stopping' | 'superseded';
  constructor(code: CallStopped['code']) {
    super(`call stopped: ${code}`);
    this.code = code;
  }
}

export interface RunCallOptions {
  /** Aborts with `CallStopped`. */
  readonly signal: AbortSignal;
  /**
   * Waits for leave to join, as only a few calls of a process join at once; call what it gives when joined.
   * Rejects with the signal's reason; leave that is not given back ends with the call.
   */
  readonly acquireJoin: () => Promise<() => void>;
}

/**
 * Runs one call to its end. Resolves when it ended well; rejects when it failed, which ends this call only.
 * Abort (reason `CallStopped`) leaves the room and resolves within 2 s.
 */
export type RunCall = (call: AssignedCall, options: RunCallOptions) => Promise<void>;

/** What a process knows to do with the calls that it is given. */
export interface CallRunner {
  readonly runCall: RunCall;
  /** The agents that it can be now; `onAgentsChanged` tells when they, or the faults, are others. */
  agents(): readonly AgentSummary[];
  /** The agent of a dispatch that names none; empty where there is no agent at all. */
  defaultAgent(): string;
  /** Faults of definition files, in words, with the file's name first. */
  faults(): readonly string[];
  stages(): Readonly<Record<StageName, StageReport>>;
  /** Makes the first call as quick as the next; no job is taken before. */
  warm(): Promise<void>;
  /** Called once, at the end of the process. */
  close(): Promise<void>;
}
