import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { STEPS, type Step } from '../check/steps.ts';
import { projectFolder } from '../project-folder.ts';

/** `npm run check`: types, lint, format, import directions, cycles and unused code. Runs all of it and names what failed. */
export async function check(): Promise<number> {
  const root = projectFolder();
  const failed: string[] = [];
  for (const step of STEPS) {
    const isSound = await run(root, step);
    process.stdout.write(`${isSound ? 'ok    ' : 'FAILED'}  ${step.name}\n`);
    if (!isSound) failed.push(step.name);
  }
  process.stdout.write(
    failed.length === 0 ? 'everything holds\n' : `${failed.length} failed: ${failed.join(', ')}\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** A step prints only where it fails. */
function run(root: string, { tool, args }: Step): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const spawned = spawn(join(root, 'node_modules', '.bin', tool), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    spawned.stdout.on('data', (data: Buffer) => output.push(data));
    spawned.stderr.on('data', (data: Buffer) => output.push(data));
    spawned.once('error', reject);
    spawned.once('close', (code) => {
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}
