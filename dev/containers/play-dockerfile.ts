import { spawn } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Stage } from './dockerfile.ts';

/**
 * Carries out the steps of a Dockerfile without containers: each stage has an empty folder for its file system, and
 * its commands run on this machine in the stage's working folder. What this shows is that every file is copied that a
 * command needs; the image itself it does not show. Packages of the image's system are left out, as they would change
 * this one. Returns the folder of the last stage.
 */
export async function playDockerfile(options: {
  readonly stages: readonly Stage[];
  /** What is copied from. */
  readonly context: string;
  /** An empty folder to work in. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<string> {
  const { stages, context, folder, env } = options;
  let root = folder;
  for (const { name, steps } of stages) {
    root = join(folder, name);
    let workdir = root;
    for (const step of steps) {
      if (step.kind === 'workdir') {
        workdir = join(root, step.folder);
        await mkdir(workdir, { recursive: true });
      } else if (step.kind === 'run') {
        if (!step.command.startsWith('apt-get ')) await run(step.command, workdir, env);
      } else {
        const origin = step.from === null ? context : join(folder, step.from);
        for (const source of step.sources) {
          const isFolder = step.target.endsWith('/');
          await copy(
            join(origin, source),
            join(workdir, step.target, isFolder ? basename(source) : ''),
            step.from === null,
          );
        }
      }
    }
  }
  return root;
}

/** From the project as .dockerignore has it: without the packages and results of this machine. */
function copy(source: string, target: string, isProject: boolean): Promise<void> {
  const isLeftOut = (path: string) => /(^|\/)(node_modules|dist)(\/|$)/.test(relative(source, path));
  return cp(source, target, { recursive: true, filter: (path) => !isProject || !isLeftOut(path) });
}

const KEPT_CHARACTERS = 4_000;

function run(command: string, cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const spawned = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    for (const output of [spawned.stdout, spawned.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-KEPT_CHARACTERS);
      });
    }
    spawned.once('error', reject);
    spawned.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`RUN ${command}\nended with ${code}:\n${words}`));
    });
  });
}
