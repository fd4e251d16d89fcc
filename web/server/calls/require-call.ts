import { type CallId, callIdSchema } from '@parley/contracts/ids';
import type { Context } from 'hono';
import type { CallScope } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import { type FoundCall, findCall } from './find-call.ts';

/** The call that a request's address names. Throws `ApiError`. */
export function readCallId(c: Context): CallId {
  const parsed = callIdSchema.safeParse(c.req.param('callId'));
  if (parsed.success) return parsed.data;
  throw noSuchCall();
}

/** As `readCallId`, and looked up. A call that may not be known of is answered as one that there is not. */
export async function requireCall(c: Context, database: Database, scope: CallScope): Promise<FoundCall> {
  const call = await findCall(database, readCallId(c), scope);
  if (call === null) throw noSuchCall();
  return call;
}

export function noSuchCall(): ApiError {
  return new ApiError('not_found', 'There is no such call: it may have been deleted.');
}
