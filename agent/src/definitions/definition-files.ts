import path from 'node:path';
import { type DefinitionFault, fileFault } from './definition-fault.ts';
import { type DefinitionSet, definitionSet, type KnownFile, type KnownFolder } from './definition-set.ts';
import { printOf, viewFolder } from './file-prints.ts';
import { type AgentFileReader, readAgentFile } from './read-agent-file.ts';

/** Agent files of some folders, as they change. */
export interface DefinitionFiles {
  readonly current: DefinitionSet;
  /**
   * Looks at the folders; resolves with whether there is another set now. A file that is new, changed or gone counts
   * once two looks have found it the same: an editor may be in the middle of writing it. One look at a time.
   */
  look(): Promise<boolean>;
}

interface WatchedFile extends KnownFile {
  /** What the file was like when it was read. */
  readonly print: string;
}

interface WatchedFolder extends KnownFolder {
  readonly path: string;
  readonly files: readonly WatchedFile[];
}

/** Reads the folders, the later over the earlier. Never rejects: what cannot be read is a fault of the set. */
export async function openDefinitionFiles(
  paths: readonly string[],
  reader: AgentFileReader,
): Promise<DefinitionFiles> {
  /** What the last look found, by path: a change counts when the next finds it again. */
  let found = new Map<string, string>();
  let folders: readonly WatchedFolder[] = [];

  const lookInto = async (folder: WatchedFolder, isFirst: boolean, seen: Map<string, string>) => {
    const view = await viewFolder(folder.path);
    const names = view.kind === 'seen' ? view.names : [];
    // A folder that cannot be read for a moment has not lost its agents.
    if (view.kind === 'unreadable')
      return withFaults(folder, [fileFault(folder.path, `cannot be read: ${view.message}`)]);
    const known = new Map(folder.files.map((file) => [file.name, file]));
    const files: WatchedFile[] = [];
    for (const name of [...new Set([...names, ...known.keys()])].sort()) {
      const file = path.join(folder.path, name);
      const old = known.get(name);
      const isThere = names.includes(name);
      const print = isThere ? await printOf([file, ...(old?.read.files ?? [])]) : 'gone';
      seen.set(file, print);
      const isSettled = isFirst || found.get(file) === print;
      if (old?.print === print || !isSettled) {
        if (old !== undefined) files.push(old);
      } else if (isThere) {
        files.push(await readFile(name, file, old));
      }
    }
    const faults = view.kind === 'gone' ? [fileFault(folder.path, 'is not there; make the folder')] : [];
    return withFaults(isSame(files, folder.files) ? folder : { ...folder, files }, faults);
  };

  const readFile = async (name: string, file: string, old: WatchedFile | undefined): Promise<WatchedFile> => {
    const before = await printOf([file]);
    const read = await readAgentFile(name, file, reader);
    const isWhole = (await printOf([file])) === before;
    const lastSound = read.kind === 'sound' ? read.agent : (old?.lastSound ?? null);
    // Who wrote while it was read is read again.
    return { name, read, lastSound, print: isWhole ? await printOf([file, ...read.files]) : 'half read' };
  };

  const lookAtAll = async (before: readonly WatchedFolder[], isFirst: boolean) => {
    const seen = new Map<string, string>();
    const after: WatchedFolder[] = [];
    for (const folder of before) after.push(await lookInto(folder, isFirst, seen));
    found = seen;
    return after;
  };

  folders = await lookAtAll(
    paths.map((folder) => ({ path: folder, files: [], faults: [] })),
    true,
  );
  let current = definitionSet(folders);
  return {
    get current() {
      return current;
    },
    async look() {
      const after = await lookAtAll(folders, false);
      if (isSame(after, folders)) return false;
      folders = after;
      current = definitionSet(folders);
      return true;
    },
  };
}

/** The folder itself where these are its faults already. */
function withFaults(folder: WatchedFolder, faults: readonly DefinitionFault[]): WatchedFolder {
  const words = (list: readonly DefinitionFault[]) => list.map(({ message }) => message).join('\n');
  return words(folder.faults) === words(faults) ? folder : { ...folder, faults };
}

function isSame<Item>(some: readonly Item[], others: readonly Item[]): boolean {
  return some.length === others.length && some.every((item, index) => item === others[index]);
}
