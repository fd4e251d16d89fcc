import { mkdir, open as openFile } from 'node:fs/promises';
import path from 'node:path';
import { PAIR_BYTES, RECORDING_RATE_HZ, type RecordingInfo, wavHeader } from '@parley/recordings/wav-file';
import type { RecordingLoss } from './contract.ts';

/** Sound that may wait for a disk that lags: 10 s. What comes beyond that is left out. */
const MOST_WAITING_BYTES = 10 * RECORDING_RATE_HZ * PAIR_BYTES;

const TOO_SLOW: RecordingLoss = {
  cause: 'failed',
  message: 'the disk takes less sound than the call gives: 10 s of it wait',
};

/** Of an open file, what is asked of the disk here. */
export interface OpenFile {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The file of one process's part of a recording, written as the call runs. Each block has its place: one that the disk
 * refuses stays silence, and those after it are where they belong. A killed process leaves a file whose sizes say
 * "until the end".
 */
export interface PartFile {
  append(sound: Uint8Array): void;
  /** Writes what waits, makes the file as long as its sound, and its sizes true. */
  close(): Promise<void>;
}

/** Makes `name` (mode 0600) and its folder with the first sound; where that cannot be done, tries again with the next. */
export function createPartFile(options: {
  readonly name: string;
  readonly info: RecordingInfo;
  /** Called for each block that is lost. */
  readonly onLost: (loss: RecordingLoss) => void;
  readonly open?: (name: string, flags: string, mode: number) => Promise<OpenFile>;
}): PartFile {
  const { name, info, onLost, open = openFile } = options;
  const header = wavHeader(info, null);
  let file: OpenFile | null = null;
  let hasHeader = false;
  let soundBytes = 0;
  let waitingBytes = 0;
  let work: Promise<void> = Promise.resolve();

  const writeAll = async (bytes: Uint8Array, position: number) => {
    if (file === null) {
      await mkdir(path.dirname(name), { recursive: true, mode: 0o700 });
      file = await open(name, 'wx', 0o600);
    }
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  };
  const writeHeader = async () => {
    if (!hasHeader) await writeAll(header, 0);
    hasHeader = true;
  };
  const next = (step: () => Promise<void>) => {
    work = work.then(step).catch((error: unknown) => onLost(lossOf(error)));
    return work;
  };

  return {
    append(sound) {
      const position = header.length + soundBytes;
      soundBytes += sound.length;
      if (waitingBytes + sound.length > MOST_WAITING_BYTES) return onLost(TOO_SLOW);
      waitingBytes += sound.length;
      void next(async () => {
        try {
          await writeHeader();
          await writeAll(sound, position);
        } finally {
          waitingBytes -= sound.length;
        }
      });
    },
    async close() {
      await next(async () => {
        if (file === null) return;
        await file.truncate(header.length + soundBytes);
        await writeAll(wavHeader(info, soundBytes), 0);
      });
      await next(async () => file?.close());
    },
  };
}

function lossOf(error: unknown): RecordingLoss {
  const { code, message } = error as NodeJS.ErrnoException;
  return { cause: causeOf(code), message };
}

function causeOf(code: string | undefined): RecordingLoss['cause'] {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'disk_full';
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'read_only';
    default:
      return 'failed';
  }
}
