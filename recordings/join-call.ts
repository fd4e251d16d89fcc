import { rm } from 'node:fs/promises';
import { findParts, type JoinedRecording, joinParts } from './join-parts.ts';

/**
 * Makes one recording of the parts of a call that lie in a folder, up to a generation, and deletes them: a later one may
 * still be written. As `joinParts`; where it rejects, the parts stay, and may be joined later.
 */
export async function joinCall(options: {
  readonly folder: string;
  readonly callId: string;
  readonly upToGeneration: number;
}): Promise<JoinedRecording | null> {
  const { folder, callId, upToGeneration } = options;
  const parts = await findParts(folder, callId, upToGeneration);
  const joined = await joinParts({ folder, callId, parts });
  if (joined !== null) await Promise.all(parts.map((part) => rm(part, { force: true })));
  return joined;
}
