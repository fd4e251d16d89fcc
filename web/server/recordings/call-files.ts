import { open, readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type CallId, callIdSchema } from '@parley/contracts/ids';
import { utcMonthOf } from '../runtime/clock.ts';
import { type FoundFile, foundOnDisk } from './found-file.ts';

/** What is known of where a call's files lie. */
export interface FilePlace {
  readonly callId: CallId;
  readonly createdAtMs: number;
  /** Relative to the data folder, where it was told. */
  readonly recordingPath: string | null;
}

/** Of the files of a call, the two that are shown. */
export type ShownFile = 'recording' | 'peaks';

/** Files of calls, each with the call's id and a dot at the beginning of its name. */
export interface CallFiles {
  /** Null where there is no such file. */
  open(place: FilePlace, file: ShownFile): Promise<FoundFile | null>;
  /** What there is of a call's sound. */
  find(place: FilePlace): Promise<FoundSound>;
  /** Deletes whatever there is of these calls. */
  remove(callIds: ReadonlySet<CallId>): Promise<void>;
  /**
   * Calls of months that were over at that instant of which something lies here, whether or not anything else is known
   * of them.
   */
  callsBefore(epochMs: number): Promise<ReadonlySet<string>>;
}

/** Those of this disk, in `PARLEY_DATA/recordings/YYYY/MM`. */
export interface LocalCallFiles extends CallFiles {
  /** The recordings that lie here. */
  recordings(): Promise<readonly LocalRecording[]>;
}

export interface LocalRecording {
  readonly callId: CallId;
  /** Relative to the data folder. */
  readonly path: string;
}

/** What lies there of a call's sound. */
export interface FoundSound {
  /** Of the recording, relative to the data folder or the bucket; null where it was not put together yet. */
  readonly path: string | null;
  /** What its processes recorded and is not in the recording yet; null where there is none. */
  readonly parts: { readonly folder: string; readonly changedAtEpochMs: number } | null;
}

const FOLDER = 'recordings';
/** What follows the call's id in the name of a file that is shown. */
export const ENDING = { recording: '.wav', peaks: '.peaks.json' } as const satisfies Record<
  ShownFile,
  string
>;
/** Names of rooms by LiveKit; what else lies there was put there by somebody. */
const CALL_ID = /^RM_[\w-]+$/;
/** A call that is created at the end of a month may start in the next. */
const LATEST_START_MS = 60 * 60 * 1_000;

export function createCallFiles({ dataDir }: { readonly dataDir: string }): LocalCallFiles {
  const root = join(dataDir, FOLDER);
  return {
    async open(place, file) {
      for (const folder of foldersOf(place)) {
        const found = await openIfThere(join(root, folder, `${fileName(place.callId)}${ENDING[file]}`));
        if (found !== null) return found;
      }
      return null;
    },
    async find(place) {
      const wav = `${fileName(place.callId)}${ENDING.recording}`;
      const found: { -readonly [Field in keyof FoundSound]: FoundSound[Field] } = { path: null, parts: null };
      for (const month of foldersOf(place)) {
        const folder = join(root, month);
        const names = await namesIn(folder, /./);
        if (names.includes(wav)) found.path ??= `${FOLDER}/${month}/${wav}`;
        const parts = names.filter((name) => callIdOf(name) === place.callId && name.endsWith('.wav.part'));
        const changes = await Promise.all(parts.map((name) => changedAtMs(join(folder, name))));
        if (parts.length > 0) found.parts ??= { folder, changedAtEpochMs: Math.max(...changes) };
      }
      return found;
    },
    async remove(callIds) {
      for (const folder of await monthFolders(root)) {
        for (const name of await readdir(folder)) {
          if (callIds.has(callIdOf(name) as CallId)) await rm(join(folder, name), { force: true });
        }
      }
    },
    async recordings() {
      const found: LocalRecording[] = [];
      for (const folder of await monthFolders(root)) {
        const month = relative(root, folder);
        for (const name of await readdir(folder)) {
          const callId = callIdOf(name);
          if (name === `${callId}${ENDING.recording}` && CALL_ID.test(callId))
            found.push({ callId: callIdSchema.parse(callId), path: `${FOLDER}/${month}/${name}` });
        }
      }
      return found;
    },
    async callsBefore(epochMs) {
      const found = new Set<string>();
      const limit = join(root, utcMonthOf(epochMs));
      for (const folder of await monthFolders(root)) {
        if (folder >= limit) continue;
        for (const name of await readdir(folder)) if (CALL_ID.test(callIdOf(name))) found.add(callIdOf(name));
      }
      return found;
    },
  };
}

/** The id holds no dot, so that another call's id is never the beginning of a name. */
function callIdOf(fileName: string): string {
  return fileName.slice(0, Math.max(0, fileName.indexOf('.')));
}

/** An id comes from LiveKit by way of an agent; one that could lead elsewhere names no file. */
function fileName(callId: CallId): string {
  return /^[\w-]+$/.test(callId) ? callId : '-';
}

/**
 * Where a told path has the files that are shown, relative to the data folder and the same in a bucket; null where none was
 * told, or one that has not the form that ours have.
 */
export function shownPaths({
  callId,
  recordingPath,
}: Pick<FilePlace, 'callId' | 'recordingPath'>): Readonly<Record<ShownFile, string>> | null {
  const [, month, name] = /^recordings\/(\d{4}\/\d{2})\/([\w-]+)\.wav$/.exec(recordingPath ?? '') ?? [];
  if (month === undefined || name !== callId) return null;
  const pathOf = (file: ShownFile) => `${FOLDER}/${month}/${name}${ENDING[file]}`;
  return { recording: pathOf('recording'), peaks: pathOf('peaks') };
}

/** Where files of a call may lie: the folder that a told path names, and its months. */
function foldersOf(place: FilePlace): ReadonlySet<string> {
  const told = shownPaths(place)?.recording.slice(`${FOLDER}/`.length, `${FOLDER}/YYYY/MM`.length);
  const months = [place.createdAtMs, place.createdAtMs + LATEST_START_MS].map(utcMonthOf);
  return new Set(told !== undefined ? [told, ...months] : months);
}

async function monthFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const year of await namesIn(root, /^\d{4}$/))
    for (const month of await namesIn(join(root, year), /^\d{2}$/)) folders.push(join(root, year, month));
  return folders;
}

/** 0 where it is gone by now. */
async function changedAtMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw error;
  }
}

async function namesIn(folder: string, form: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => form.test(name));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function openIfThere(path: string): Promise<FoundFile | null> {
  try {
    return await foundOnDisk(await open(path, 'r'));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
