import { randomUUID } from 'node:crypto';
import { access, type FileHandle, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generationOfPart } from './part-name.ts';
import { createPeaks, type Peaks } from './peaks.ts';
import { planSpans, type SpanPlan } from './span-plan.ts';
import { readStoredSoundOf } from './stored-sound.ts';
import { PAIR_BYTES, RECORDING_RATE_HZ, wavHeader } from './wav-file.ts';

/** Read and written at once: 2 s of sound. */
const BLOCK_BYTES = 2 * RECORDING_RATE_HZ * PAIR_BYTES;

export interface JoinedRecording {
  readonly wavName: string;
  readonly peaksName: string;
  readonly lengthMs: number;
  /** The processes whose sound is in it, in order. */
  readonly generations: readonly number[];
}

/**
 * Joins what the processes of a call recorded into `<folder>/<callId>.wav`, which begins at 0 of the call clock, with
 * silence where nothing was recorded, and writes its peaks to `<callId>.peaks.json`. Only of parts that nobody writes any
 * more. They are only read, whole or as a kill left them; `parts` names them, and a recording that was joined
 * before counts as one more, so that a part that comes later is joined to it, and joining twice changes nothing.
 * The files appear whole, in place of earlier ones, and survive the loss of power from then on. Where two join at once, the
 * one that began first fails. Null where there is no sound. Rejects with the disk's error; nothing is changed then.
 */
export async function joinParts(options: {
  readonly folder: string;
  readonly callId: string;
  readonly parts: readonly string[];
  /** The recording is made at least so long, in ms: the last process may have died before the call ended. Default 0. */
  readonly callLengthMs?: number;
}): Promise<JoinedRecording | null> {
  const { folder, callId, parts, callLengthMs = 0 } = options;
  const wavName = path.join(folder, `${callId}.wav`);
  const peaksName = path.join(folder, `${callId}.peaks.json`);
  const sounds = await Promise.all(
    [wavName, ...parts].map(async (name) => ({ name, sound: await readStoredSoundOf(name) })),
  );
  const found = sounds.flatMap(({ name, sound }) =>
    sound?.info.callId === callId ? [{ ...sound, name }] : [],
  );
  const plan = planSpans(found, Math.round((callLengthMs * RECORDING_RATE_HZ) / 1000));
  if (plan === null) return null;
  const joined: JoinedRecording = {
    wavName,
    peaksName,
    lengthMs: (plan.length * 1000) / RECORDING_RATE_HZ,
    generations: plan.spans.map(({ generation }) => generation),
  };
  const before = found.find(({ name }) => name === wavName);
  const isJoined = before?.length === plan.length && plan.spans.every(({ name }) => name === wavName);
  if (isJoined && (await isThere(peaksName))) return joined;

  await removeLeftovers(folder, callId);
  const temporary = (name: string) => `${name}.${randomUUID()}.joining`;
  const newWav = temporary(wavName);
  const newPeaks = temporary(peaksName);
  const peaks = createPeaks(plan.length);
  await writeWhole(newWav, (file) => writeSound(file, plan, peaks));
  await writeWhole(newPeaks, (file) => writeFile(file, peaks.text()));
  await rename(newPeaks, peaksName);
  await rename(newWav, wavName);
  await syncFolder(folder);
  return joined;
}

/** The parts of a call that lie in a folder, up to a generation: a later one may still be written. Default: all. */
export async function findParts(
  folder: string,
  callId: string,
  upToGeneration = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const names = await readdir(folder);
  const isMeant = (name: string) => {
    const generation = generationOfPart(callId, name);
    return generation !== null && generation <= upToGeneration;
  };
  return names.filter(isMeant).map((name) => path.join(folder, name));
}

async function writeSound(into: FileHandle, plan: SpanPlan, peaks: Peaks): Promise<void> {
  const header = wavHeader(plan.info, plan.length * PAIR_BYTES);
  await writeAll(into, header, 0);
  const block = Buffer.alloc(BLOCK_BYTES);
  for (const { name, from, to, byteAt } of plan.spans) {
    const part = await open(name, 'r');
    try {
      const bytes = (to - from) * PAIR_BYTES;
      for (let done = 0; done < bytes; ) {
        const wanted = Math.min(block.length, bytes - done);
        const sound = block.subarray(0, await readAll(part, block, wanted, byteAt + done));
        await writeAll(into, sound, header.length + from * PAIR_BYTES + done);
        peaks.add(from + done / PAIR_BYTES, sound);
        done += wanted;
      }
    } finally {
      await part.close();
    }
  }
  // What no span covers is a hole in the file, which reads as silence.
  await into.truncate(header.length + plan.length * PAIR_BYTES);
}

/** Reads `count` bytes, or as many whole samples as a file that became shorter still holds. */
async function readAll(file: FileHandle, into: Buffer, count: number, position: number): Promise<number> {
  let done = 0;
  while (done < count) {
    const { bytesRead } = await file.read(into, done, count - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done - (done % PAIR_BYTES);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Writes a new file (mode 0600) to the disk, or leaves none. */
async function writeWhole(name: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(name, 'wx', 0o600);
  try {
    await write(file);
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close().catch(() => {
      // The first error is the one to tell.
    });
    await rm(name, { force: true });
    throw error;
  }
}

/** What a killed process left when it joined: a whole copy of the call that nobody would find. */
async function removeLeftovers(folder: string, callId: string): Promise<void> {
  const names = await readdir(folder);
  const isLeft = (name: string) =>
    name.endsWith('.joining') &&
    (name.startsWith(`${callId}.wav.`) || name.startsWith(`${callId}.peaks.json.`));
  await Promise.all(names.filter(isLeft).map((name) => rm(path.join(folder, name), { force: true })));
}

async function isThere(name: string): Promise<boolean> {
  return access(name).then(
    () => true,
    () => false,
  );
}

/** Makes the new names in a folder survive the loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
