import { constants, existsSync } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { descriptorLimit, descriptorsNeeded } from '@parley/agent/worker/descriptors';
import type { ProjectSettings } from '../parley/settings-of-project.ts';
import { type Finding, fault, sound, warning } from './finding.ts';

/** Below this a long call's recording may not fit. */
const LEAST_FREE_BYTES = 1_000_000_000;
const DEFAULT_CALLS_A_PROCESS = 20;

/** The version of Node; bootstrap.mjs refuses one that is too old, so this one is not. */
export function nodeFinding(): Finding {
  return sound('node', `${process.versions.node} on ${process.platform} ${process.arch}`);
}

/** Whether calls can be written down. */
export async function dataFinding({ dataDir }: ProjectSettings): Promise<Finding> {
  try {
    const folder = nearestExisting(dataDir);
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = `${(Number(bavail * bsize) / 1e9).toFixed(1)} GB free`;
    if (bavail * bsize >= LEAST_FREE_BYTES) return sound('data', `${dataDir}, ${free}`);
    return warning('data', `${dataDir} has ${free}`, 'make room, or set PARLEY_DATA to a larger disk');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fault(
      'data',
      `${dataDir} cannot be written: ${why}`,
      'correct its owner, or set PARLEY_DATA to another folder',
    );
  }
}

/** Whether a full process has enough file descriptors. */
export async function descriptorsFinding({ settings }: ProjectSettings): Promise<Finding> {
  const calls = Number(settings.get('PARLEY_MAX_CALLS_PER_PROCESS')?.value ?? DEFAULT_CALLS_A_PROCESS);
  const needed = descriptorsNeeded(calls);
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const limit = descriptorLimit(limits);
  if (limit === null)
    return sound('descriptors', `${needed} are needed; this system does not tell its limit`);
  if (limit >= needed)
    return sound('descriptors', `${limit} a process, ${needed} are needed for ${calls} calls`);
  return warning(
    'descriptors',
    `${limit} a process, but ${needed} are needed for ${calls} calls`,
    'raise the hard limit (ulimit -Hn), or lower PARLEY_MAX_CALLS_PER_PROCESS',
  );
}

/** The folder itself, or the one above it that it would be made in. */
function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}
