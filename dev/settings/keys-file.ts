import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseEnv } from 'node:util';

/** The keys that a first start makes: 256 bits each, but for the name of the pair at livekit-server. */
const MAKERS: Readonly<Record<string, () => string>> = {
  LIVEKIT_API_KEY: () => 'parley',
  LIVEKIT_API_SECRET: () => randomBytes(32).toString('hex'),
  PARLEY_ACCESS_KEY: () => randomBytes(32).toString('base64url'),
  PARLEY_SECRET_KEY: () => randomBytes(32).toString('hex'),
};

/** Only the owner may read it. */
const MODE = 0o600;

/** Reads the keys of `PARLEY_DATA/keys.env`, and makes those that are missing. The file is only ever added to. */
export async function ensureKeys(file: string): Promise<Readonly<Record<string, string>>> {
  const present = await readKeys(file);
  const missing = Object.entries(MAKERS).filter(([name]) => !present[name]);
  if (missing.length === 0) return present;
  await mkdir(dirname(file), { recursive: true });
  const made = Object.fromEntries(missing.map(([name, make]) => [name, make()]));
  const lines = Object.entries(made).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(''), { flag: 'a', mode: MODE });
  await chmod(file, MODE);
  return { ...present, ...made };
}

/** Reads the keys; none where there is no file. */
export async function readKeys(file: string): Promise<Readonly<Record<string, string>>> {
  return readEnvFile(file);
}

/** Whether somebody else on this machine may read the file. */
export async function isOpenToOthers(file: string): Promise<boolean> {
  return ((await stat(file)).mode & 0o077) !== 0;
}

/** Reads a file of `NAME=value` lines; an absent one holds nothing. */
export async function readEnvFile(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseEnv(text) as Record<string, string>;
}
