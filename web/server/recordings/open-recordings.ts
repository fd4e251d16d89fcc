import type { CallId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { Bucket } from '../object-store/bucket.ts';
import { createS3Store } from '../object-store/s3-store.ts';
import type { Clock } from '../runtime/clock.ts';
import { type CallFiles, createCallFiles } from './call-files.ts';
import { createMovedFiles } from './moved-files.ts';
import { startRecordingMover } from './recording-mover.ts';

/** A key that no recording has. A store says of it that there is nothing, unless it answers nothing of ours. */
const NO_KEY = 'recordings/none';

/** Where the sound of calls is kept. */
export interface Recordings {
  readonly files: CallFiles;
  /** The recording of a call that is over lies on this disk as a whole. */
  readonly onWhole: (callId: CallId) => void;
  /** Recordings on this disk that the bucket does not have yet; null: there is no bucket. */
  readonly waiting: () => number | null;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** With a bucket, recordings are moved to it from this disk; without one they stay. */
export function openRecordings(deps: {
  readonly dataDir: string;
  readonly bucket: Bucket | null;
  readonly database: () => Database;
  readonly clock: Clock;
  readonly nowEpochMs: () => number;
  readonly random: () => number;
  readonly log: Logger;
}): Recordings {
  const { bucket } = deps;
  const local = createCallFiles(deps);
  if (bucket === null) return { files: local, onWhole: () => {}, waiting: () => null, close: async () => {} };
  const store = createS3Store({ ...deps, bucket });
  const files = createMovedFiles({ ...deps, local, store });
  const mover = startRecordingMover({ ...deps, local, files, store });
  // Told at the start, and not when the first call of the week is over.
  const trial = store.look(NO_KEY).then(
    () => deps.log.info({ bucket: bucket.url }, 'recordings are moved to a bucket'),
    (error) => deps.log.error({ err: error }, 'recordings stay here until their store answers as it should'),
  );
  return {
    files,
    onWhole: mover.move,
    waiting: mover.waiting,
    async close() {
      await mover.close();
      await store.close();
      await trial;
    },
  };
}
