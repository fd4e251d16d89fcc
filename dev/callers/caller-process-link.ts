import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createDeferred, type Deferred } from '@parley/agent/runtime/deferred';
import { bundleThread } from '@parley/agent/runtime/thread-bundle';
import { projectFolder } from '../project-folder.ts';
import { CallerError } from './caller-error.ts';
import type { FromCaller, Said, ToCaller } from './caller-messages.ts';

type Request = Extract<ToCaller, { readonly requestId: number }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'requestId'> : never;

/** A caller's process, seen from the test that forked it. */
export interface CallerProcess {
  readonly pid: number;
  post(message: ToCaller): void;
  /**
   * Rejects with CallerError `refused` where the caller could not do it, `gone` where its process has ended.
   */
  request(request: WithoutId<Request>): Promise<Said | null>;
  kill(): void;
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<void>;
}

export async function forkCaller(onMessage: (message: FromCaller) => void): Promise<CallerProcess> {
  const entry = await bundleThread(join(projectFolder(), 'dev', 'callers', 'caller-process.ts'));
  const child = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const pending = new Map<number, Deferred<Said | null>>();
  const end = createDeferred<void>();
  let lastRequestId = 0;
  let errorOutput = '';
  let isOver = false;

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = `${errorOutput}${text}`.slice(-2_000);
  });
  child.on('message', (message: FromCaller) => {
    if (message.type === 'done') pending.get(message.requestId)?.resolve(message.said);
    else if (message.type === 'failed')
      pending.get(message.requestId)?.reject(new CallerError('refused', message.message));
    else onMessage(message);
  });
  child.on('error', (error) => {
    errorOutput += String(error);
  });
  child.on('exit', () => {
    isOver = true;
    for (const request of pending.values()) request.reject(gone());
    end.resolve();
  });
  const gone = () =>
    new CallerError('gone', `the caller's process has ended${errorOutput && `: ${errorOutput}`}`);

  return {
    pid: child.pid ?? 0,
    ended: end.promise,
    post(message) {
      if (!isOver && child.connected) child.send(message);
    },
    async request(request) {
      if (isOver) throw gone();
      lastRequestId += 1;
      const requestId = lastRequestId;
      const answer = createDeferred<Said | null>();
      pending.set(requestId, answer);
      child.send({ ...request, requestId } as Request);
      return answer.promise.finally(() => pending.delete(requestId));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
