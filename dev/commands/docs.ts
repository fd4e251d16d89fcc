import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { madePages } from '../docs/made-pages.ts';
import { projectFolder } from '../project-folder.ts';

/** `npm run docs`: brings the parts of docs/ that are made from the code up to date. */
export async function docs(): Promise<number> {
  const root = projectFolder();
  for (const { path, stored, made } of madePages(root)) {
    if (made !== stored) await writeFile(join(root, path), made);
    process.stdout.write(`${made === stored ? 'up to date' : 'written'}: ${path}\n`);
  }
  return 0;
}
