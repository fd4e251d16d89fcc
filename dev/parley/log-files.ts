import { createWriteStream, existsSync, mkdirSync, renameSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** Where the processes' lines go: a file each, and the last of them in memory. */
export interface LogFiles {
  readonly folder: string;
  take(process: string, line: string): void;
  /** The last lines of all processes, oldest first, each with its process's name; at most 5,000. */
  recent(): string;
  close(): void;
}

const KEPT_LINES = 5_000;
/** A file that grows beyond this is put aside as `.1`, in the place of the one before it. */
const LARGEST_BYTES = 20_000_000;

/** Opens a folder of logs, readable by the owner alone. A start puts the files of the one before it aside. */
export function openLogFiles(folder: string): LogFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new Map<string, { stream: WriteStream; bytes: number }>();
  const recent: string[] = [];

  const open = (process: string) => {
    const path = join(folder, `${process}.log`);
    if (existsSync(path)) renameSync(path, `${path}.1`);
    const stream = createWriteStream(path, { mode: 0o600 });
    // A full disk must not end a call; the lines in memory are still there.
    stream.on('error', () => undefined);
    const file = { stream, bytes: 0 };
    files.set(process, file);
    return file;
  };

  return {
    folder,
    take(process, line) {
      if (recent.push(`${process}: ${line}`) > KEPT_LINES) recent.shift();
      let file = files.get(process) ?? open(process);
      if (file.bytes > LARGEST_BYTES) {
        file.stream.end();
        file = open(process);
      }
      file.bytes += line.length + 1;
      file.stream.write(`${line}\n`);
    },
    recent: () => recent.join('\n'),
    close() {
      for (const { stream } of files.values()) stream.end();
      files.clear();
    },
  };
}
