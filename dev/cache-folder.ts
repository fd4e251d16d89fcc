import { join } from 'node:path';

/** Where what was downloaded or built is kept: `PARLEY_CACHE`, else the user's cache folder. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env.PARLEY_CACHE || join(env.XDG_CACHE_HOME || join(env.HOME ?? '.', '.cache'), 'parley');
}
