import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAgentFileName } from './read-agent-file.ts';

/** The agent files of a folder by name, in order; or why there are none to be seen. */
export type FolderView =
  | { readonly kind: 'seen'; readonly names: readonly string[] }
  /** The folder is not there. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable'; readonly message: string };

export async function viewFolder(folder: string): Promise<FolderView> {
  try {
    return { kind: 'seen', names: (await readdir(folder)).filter(isAgentFileName).sort() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { kind: 'gone' } : { kind: 'unreadable', message };
  }
}

/** Something that differs once any of the files does: by place, size and times, without reading them. */
export async function printOf(files: readonly string[]): Promise<string> {
  const prints = await Promise.all(
    [...new Set(files)].map(async (file) => {
      try {
        const { ino, size, mtimeMs, ctimeMs } = await stat(path.resolve(file));
        return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? 'unknown';
      }
    }),
  );
  return prints.join('\n');
}
