import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { JournalHeader } from '@parley/contracts/call-event';
import { MAIN_SEAT } from '@parley/contracts/ids';
import type { UploadedFileName } from '@parley/contracts/internal-api';
import { partName } from '@parley/recordings/part-name';

/** A journal and what it says of itself. */
export interface KnownJournal {
  readonly file: string;
  readonly header: JournalHeader;
}

/** What goes to a server that does not share the disk: the recording first, as the journal says that there is one. */
export async function filesToUpload({
  file,
  header,
}: KnownJournal): Promise<readonly { readonly path: string; readonly name: UploadedFileName }[]> {
  if (header.seat !== MAIN_SEAT) return [];
  const recording = path.join(path.dirname(file), partName(header.callId, header.generation));
  return [
    ...((await exists(recording)) ? [{ path: recording, name: 'recording.part' } as const] : []),
    { path: file, name: 'journal' },
  ];
}

/** Deletes everything that lies here of a call: journals of every seat and generation, recordings, and what is beside. */
export async function deleteCallFiles({ file, header }: KnownJournal): Promise<void> {
  const folder = path.dirname(file);
  const names = await readdir(folder);
  for (const name of names) {
    if (name.startsWith(`${header.callId}.`)) await rm(path.join(folder, name), { force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
