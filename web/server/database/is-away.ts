import { DatabaseError } from './database-error.ts';
import { isConnectionFault } from './postgres.ts';

/** Whether the database is at fault and not the query: asked again later, it may answer. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof DatabaseError || isConnectionFault(error);
}
