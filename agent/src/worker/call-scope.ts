import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallId } from '@parley/contracts/ids';

/** Which call the code that runs now belongs to. */
export interface CallOfCode {
  readonly jobId: string;
  readonly callId: CallId;
}

/** Carries the call along whatever its code starts, so that what is thrown where nobody catches finds its call. */
export interface CallScope {
  run<T>(call: CallOfCode, code: () => T): T;
  current(): CallOfCode | undefined;
}

export function createCallScope(): CallScope {
  const storage = new AsyncLocalStorage<CallOfCode>();
  return { run: (call, code) => storage.run(call, code), current: () => storage.getStore() };
}
