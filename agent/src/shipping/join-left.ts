import path from 'node:path';
import { MAIN_SEAT } from '@parley/contracts/ids';
import { joinCall } from '@parley/recordings/join-call';
import type { Logger } from 'pino';
import type { KnownJournal } from './journal-files.ts';

/**
 * Joins what a dead process recorded of a call to what others did: it may have been the last one. Never rejects; parts that
 * cannot be joined stay.
 */
export async function joinLeft({ file, header }: KnownJournal, log: Logger): Promise<void> {
  const { callId, seat, generation } = header;
  if (seat !== MAIN_SEAT) return;
  try {
    const joined = await joinCall({ folder: path.dirname(file), callId, upToGeneration: generation });
    if (joined !== null) log.info({ callId, generation }, 'the recording of a dead process is joined');
  } catch (err) {
    log.error({ err, callId }, 'the parts of a recording that were left behind could not be joined');
  }
}
