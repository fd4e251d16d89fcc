import { ACCESS } from './access-operations.ts';
import { CALLS } from './calls-operations.ts';
import type { Operation } from './operation.ts';
import { ROOMS } from './rooms-operations.ts';
import { WEBHOOKS } from './webhooks-operations.ts';

/** Everything that `/api` answers, but this list of it. */
export const OPERATIONS: readonly Operation[] = [...ROOMS, ...CALLS, ...WEBHOOKS, ...ACCESS];
