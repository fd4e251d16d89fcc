/**
 * The operating system that one run of a WASI command sees: arguments, two output streams, and files kept in
 * memory. Nothing of it reaches the disk or outlives the run. Node's own `node:wasi` is not used: it writes
 * real files, and it was seen to crash the process after about eight runs (Node 20.20).
 */
export interface WasiHost {
  readonly imports: Record<string, Record<string, (...args: never[]) => number>>;
  /** Sets the command's arguments and the memory that it lives in; before its start function is called. */
  begin(command: {
    readonly args: readonly string[];
    readonly memory: { readonly buffer: ArrayBuffer };
  }): void;
  stdout(): string;
  stderr(): string;
  /** What the command wrote to a file, or null where it made none of that name. */
  file(name: string): Uint8Array | null;
}

/** The command asked to end: thrown through the WASM frames, since they cannot be left otherwise. */
export class WasiExit extends Error {
  override readonly name = 'WasiExit';
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

const OK = 0;
const BAD_FILE_DESCRIPTOR = 8;
const NO_SUCH_FILE = 44;
const NOT_SEEKABLE = 70;

const STDOUT = 1;
const STDERR = 2;
const ROOT_DIRECTORY = 3;
const FIRST_FILE = 4;

const FILE_TYPE = { characterDevice: 2, directory: 3, regular: 4 } as const;
const OPEN_FLAG_CREATE = 1;
const SEEK_FROM_CURRENT = 1;
const SEEK_FROM_END = 2;
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn;

export function createWasiHost(): WasiHost {
  let encoded: readonly Uint8Array[] = [];
  let memory: { readonly buffer: ArrayBuffer } = { buffer: new ArrayBuffer(0) };
  // The buffer is replaced whenever the memory grows, so a view is made for each use.
  const view = () => new DataView(memory.buffer);
  const bytes = (at: number, length: number) => new Uint8Array(memory.buffer, at, length);

  const open = new Map<number, MemoryFile>([
    [STDOUT, createMemoryFile()],
    [STDERR, createMemoryFile()],
  ]);
  const output = { stdout: open.get(STDOUT), stderr: open.get(STDERR) };
  const named = new Map<string, MemoryFile>();
  let nextDescriptor = FIRST_FILE;

  const system = {
    args_sizes_get(countAt: number, sizeAt: number) {
      view().setUint32(countAt, encoded.length, true);
      view().setUint32(
        sizeAt,
        encoded.reduce((sum, arg) => sum + arg.length, 0),
        true,
      );
      return OK;
    },
    args_get(pointersAt: number, textAt: number) {
      let at = textAt;
      encoded.forEach((arg, index) => {
        view().setUint32(pointersAt + 4 * index, at, true);
        bytes(at, arg.length).set(arg);
        at += arg.length;
      });
      return OK;
    },
    /** Time stands still: a run gives the same sound whenever it is made. */
    clock_time_get(_clock: number, _precision: bigint, timeAt: number) {
      view().setBigUint64(timeAt, 0n, true);
      return OK;
    },
    fd_prestat_get(descriptor: number, prestatAt: number) {
      if (descriptor !== ROOT_DIRECTORY) return BAD_FILE_DESCRIPTOR;
      view().setUint32(prestatAt, 0, true);
      view().setUint32(prestatAt + 4, 1, true);
      return OK;
    },
    fd_prestat_dir_name(_descriptor: number, nameAt: number, _length: number) {
      bytes(nameAt, 1).set(new TextEncoder().encode('/'));
      return OK;
    },
    fd_fdstat_get(descriptor: number, statAt: number) {
      if (descriptor !== ROOT_DIRECTORY && !open.has(descriptor)) return BAD_FILE_DESCRIPTOR;
      bytes(statAt, 24).fill(0);
      view().setUint8(statAt, fileType(descriptor));
      view().setBigUint64(statAt + 8, ALL_RIGHTS, true);
      view().setBigUint64(statAt + 16, ALL_RIGHTS, true);
      return OK;
    },
    fd_fdstat_set_flags: () => OK,
    path_open(
      _directory: number,
      _lookup: number,
      nameAt: number,
      nameLength: number,
      openFlags: number,
      _rights: bigint,
      _inheriting: bigint,
      _flags: number,
      descriptorAt: number,
    ) {
      // There is nothing to read: the command only finds what it makes.
      if ((openFlags & OPEN_FLAG_CREATE) === 0) return NO_SUCH_FILE;
      const file = createMemoryFile();
      named.set(new TextDecoder().decode(bytes(nameAt, nameLength)), file);
      open.set(nextDescriptor, file);
      view().setUint32(descriptorAt, nextDescriptor, true);
      nextDescriptor += 1;
      return OK;
    },
    fd_close: (descriptor: number) => (open.delete(descriptor) ? OK : BAD_FILE_DESCRIPTOR),
    fd_read(_descriptor: number, _vectorsAt: number, _vectorCount: number, readAt: number) {
      view().setUint32(readAt, 0, true);
      return OK;
    },
    fd_write(descriptor: number, vectorsAt: number, vectorCount: number, writtenAt: number) {
      const file = open.get(descriptor);
      if (file === undefined) return BAD_FILE_DESCRIPTOR;
      let written = 0;
      for (let index = 0; index < vectorCount; index++) {
        const at = view().getUint32(vectorsAt + 8 * index, true);
        const length = view().getUint32(vectorsAt + 8 * index + 4, true);
        file.write(bytes(at, length));
        written += length;
      }
      view().setUint32(writtenAt, written, true);
      return OK;
    },
    fd_seek(descriptor: number, offset: bigint, whence: number, positionAt: number) {
      const file = open.get(descriptor);
      if (file === undefined) return BAD_FILE_DESCRIPTOR;
      if (descriptor < FIRST_FILE) return NOT_SEEKABLE;
      view().setBigUint64(positionAt, BigInt(file.seek(Number(offset), whence)), true);
      return OK;
    },
    proc_exit(exitCode: number): number {
      throw new WasiExit(exitCode);
    },
  };

  return {
    imports: { wasi_snapshot_preview1: system as Record<string, (...args: never[]) => number> },
    begin(command) {
      encoded = command.args.map((arg) => new TextEncoder().encode(`${arg.replaceAll('\0', '')}\0`));
      memory = command.memory;
    },
    stdout: () => new TextDecoder().decode(output.stdout?.content()),
    stderr: () => new TextDecoder().decode(output.stderr?.content()),
    file: (name) => named.get(name)?.content() ?? null,
  };
}

function fileType(descriptor: number): number {
  if (descriptor === ROOT_DIRECTORY) return FILE_TYPE.directory;
  return descriptor < FIRST_FILE ? FILE_TYPE.characterDevice : FILE_TYPE.regular;
}

interface MemoryFile {
  write(chunk: Uint8Array): void;
  seek(offset: number, whence: number): number;
  content(): Uint8Array;
}

function createMemoryFile(): MemoryFile {
  let store = new Uint8Array(4096);
  let length = 0;
  let position = 0;
  return {
    write(chunk) {
      const end = position + chunk.length;
      if (end > store.length) {
        const larger = new Uint8Array(Math.max(end, store.length * 2));
        larger.set(store);
        store = larger;
      }
      store.set(chunk, position);
      position = end;
      length = Math.max(length, end);
    },
    seek(offset, whence) {
      const from = whence === SEEK_FROM_CURRENT ? position : whence === SEEK_FROM_END ? length : 0;
      position = Math.max(0, from + offset);
      return position;
    },
    content: () => store.subarray(0, length),
  };
}
