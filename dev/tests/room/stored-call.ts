import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CallDetail, callDetailSchema } from '@parley/contracts/call-record';
import type { StoredStep } from '@parley/engine/replay/read-journal';
import { type OpenedWav, openWav } from '@parley/recordings/testing/open-wav';
import type { Parley } from '../../parley/start-parley.ts';
import { loadJournal } from '../../replay/load-journal.ts';
import { until } from './parley-call.ts';

/** A call's recording, with what its processes decided. */
interface StoredRecording extends OpenedWav {
  /** Call clock of the last that is known of the call. */
  readonly callMs: number;
  readonly steps: readonly StoredStep[];
}

/** All files of a call below the data folder. */
export async function filesOf(parley: Parley, callId: string): Promise<string[]> {
  const recordings = join(parley.dataDir, 'recordings');
  const names = await readdir(recordings, { recursive: true });
  return names
    .filter((name) => basename(name).startsWith(`${callId}.`))
    .sort()
    .map((name) => join(recordings, name));
}

/** Waits until the recording is whole: no part of it is left, and its peaks are there. Rejects where it does not open. */
export async function recordingOf(parley: Parley, callId: string): Promise<StoredRecording> {
  const endings = ['.wav', '.peaks.json'].map((ending) => `${callId}${ending}`);
  await until(`the recording of ${callId} is whole`, async () => {
    const names = (await filesOf(parley, callId)).map((file) => basename(file));
    return endings.every((name) => names.includes(name)) && !names.some((name) => name.endsWith('.part'));
  });
  const files = await filesOf(parley, callId);
  const journals = files.filter((file) => file.endsWith('.ndjson'));
  const calls = await Promise.all(journals.map(loadJournal));
  const steps = calls.flatMap((call) => call.steps);
  const callMs = Math.max(...steps.map(({ atMs }) => atMs));
  return { ...openWav(files.find((file) => file.endsWith('.wav')) ?? ''), callMs, steps };
}

/** Waits until a call has ended for the server too, and gives what is stored of it. */
export async function recordOf(parley: Parley, callId: string): Promise<CallDetail> {
  const stored: CallDetail[] = [];
  await until(`${callId} is stored`, async () => {
    const response = await fetch(`${parley.url}/api/calls/${callId}`);
    if (response.ok) stored.push(callDetailSchema.parse(await response.json()));
    return stored.at(-1)?.state === 'ended';
  });
  const call = stored.at(-1);
  if (call === undefined) throw new Error(`${callId} is not stored`);
  return call;
}
