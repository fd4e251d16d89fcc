import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createDeferred, type Deferred } from '@parley/agent/runtime/deferred';
import { bundleThread } from '@parley/agent/runtime/thread-bundle';
import { projectFolder } from '../project-folder.ts';
import { CallerError } from './caller-error.ts';
import type {
  CallerAnswer,
  CallerRequest,
  CallerTask,
  FromCaller,
  FromCallers,
  Join,
  ToCaller,
  ToCallers,
} from './caller-messages.ts';

/** A process of callers, seen from the test that forked it. */
export interface CallerProcess {
  readonly pid: number;
  readonly isOver: boolean;
  /** A caller that has not joined yet. */
  open(onMessage: (message: FromCaller) => void): CallerLink;
  /** Its callers leave and it ends. This process does not wait for that. */
  end(): void;
  /** Ends it without a goodbye. `reason` is told to whoever waits for one of its callers. */
  kill(reason: string): void;
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<void>;
}

/** One caller of such a process. */
export interface CallerLink {
  join(join: Omit<Join, 'type'>): void;
  /** Rejects with CallerError `refused` where the caller could not do it, `gone` where it has left or its process ended. */
  request(task: CallerTask): Promise<CallerAnswer>;
  /** Leaves its room. Resolves when it has. */
  leave(): Promise<void>;
  /** Resolves with the reason when the caller has left, or with its process. */
  readonly gone: Promise<CallerError>;
}

/** Throws where the process cannot be made runnable. */
export async function forkCallers(): Promise<CallerProcess> {
  const entry = await bundleThread(join(projectFolder(), 'dev', 'callers', 'caller-process.ts'));
  const child = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const seats = new Map<number, { take(message: FromCaller): void; lose(error: CallerError): void }>();
  const end = createDeferred<void>();
  let lastCallerId = 0;
  let errorOutput = '';
  let killedFor = '';
  let isOver = false;

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = `${errorOutput}${text}`.slice(-2_000);
  });
  child.on('error', (error) => {
    errorOutput += String(error);
  });
  child.on('message', (batch: FromCallers) => {
    for (const { callerId, message } of batch) seats.get(callerId)?.take(message);
  });
  child.on('exit', (code, signal) => {
    isOver = true;
    const why = killedFor || `${signal ?? `code ${code}`}${errorOutput && `: ${errorOutput}`}`;
    const error = new CallerError('gone', `the process of the caller has ended (${why})`);
    for (const seat of [...seats.values()]) seat.lose(error);
    end.resolve();
  });
  const send = (message: ToCallers) => {
    if (!isOver && child.connected) child.send(message);
  };

  return {
    pid: child.pid ?? 0,
    ended: end.promise,
    get isOver() {
      return isOver;
    },
    open(onMessage) {
      lastCallerId += 1;
      const callerId = lastCallerId;
      const { link, take, lose } = createCallerLink((message) => send({ callerId, message }), onMessage);
      seats.set(callerId, { take, lose });
      void link.gone.then(() => seats.delete(callerId));
      if (isOver) lose(new CallerError('gone', 'the process of the caller has ended'));
      return link;
    },
    end() {
      if (child.connected) child.disconnect();
    },
    kill(reason) {
      killedFor ||= reason;
      child.kill('SIGKILL');
    },
  };
}

function createCallerLink(send: (message: ToCaller) => void, onMessage: (message: FromCaller) => void) {
  const pending = new Map<number, Deferred<CallerAnswer>>();
  const goneFor = createDeferred<CallerError>();
  let loss: CallerError | null = null;
  let isLeaving = false;
  let lastRequestId = 0;

  const lose = (error: CallerError) => {
    loss ??= error;
    for (const answer of pending.values()) answer.reject(error);
    goneFor.resolve(error);
  };
  const take = (message: FromCaller) => {
    if (message.type === 'done') pending.get(message.requestId)?.resolve(message.answer);
    else if (message.type === 'failed')
      pending.get(message.requestId)?.reject(new CallerError('refused', message.message));
    else if (message.type === 'left') lose(new CallerError('gone', 'the caller has left'));
    else onMessage(message);
  };
  const link: CallerLink = {
    gone: goneFor.promise,
    join: (join) => send({ type: 'join', ...join }),
    request(task) {
      if (loss !== null) return Promise.reject(loss);
      lastRequestId += 1;
      const requestId = lastRequestId;
      const answer = createDeferred<CallerAnswer>();
      pending.set(requestId, answer);
      const request: CallerRequest = { ...task, requestId };
      send(request);
      return answer.promise.finally(() => pending.delete(requestId));
    },
    async leave() {
      if (!isLeaving) send({ type: 'leave' });
      isLeaving = true;
      await goneFor.promise;
    },
  };
  return { link, take, lose };
}
