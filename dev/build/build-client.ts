import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Builds the page with Vite; the folder at `outFolder` is replaced in one move. */
export async function buildClient(root: string, outFolder: string): Promise<void> {
  const { build } = await import('vite');
  const unfinished = `${outFolder}.${randomUUID()}`;
  try {
    await build({
      configFile: join(root, 'web', 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: unfinished, emptyOutDir: true },
    });
    const former = `${outFolder}.${randomUUID()}`;
    if (existsSync(outFolder)) await rename(outFolder, former);
    await rename(unfinished, outFolder);
    await rm(former, { recursive: true, force: true });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
