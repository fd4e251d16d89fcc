import { join, resolve } from 'node:path';
import { VARIABLES } from '../settings/catalogue.ts';
import { ensureKeys, readEnvFile, readKeys } from '../settings/keys-file.ts';
import { type Layers, resolveSettings, type Settings } from '../settings/layers.ts';

/** The settings of a project with all their layers, and where its data is. */
export interface ProjectSettings {
  readonly settings: Settings;
  readonly layers: Layers;
  /** Absolute. */
  readonly dataDir: string;
  readonly keysFile: string;
}

/** Reads every layer. With `makesKeys` the keys that are missing are made, as at a first start. */
export async function readProjectSettings(options: {
  readonly root: string;
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: what `.env` in the project holds. */
  readonly dotEnv?: Readonly<Record<string, string>>;
  readonly makesKeys: boolean;
}): Promise<ProjectSettings> {
  const { root, flags, environment } = options;
  const dotEnv = options.dotEnv ?? (await readEnvFile(join(root, '.env')));
  const above = { flag: flags, environment, '.env': dotEnv };
  const given = resolveSettings(VARIABLES, { ...above, 'keys.env': {} });
  const dataDir = resolve(root, given.get('PARLEY_DATA')?.value ?? './data');
  const keysFile = join(dataDir, 'keys.env');
  const made = options.makesKeys ? await ensureKeys(keysFile) : await readKeys(keysFile);
  // The keys made here are those of the server started here; another server has its own.
  const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET, ...others } = made;
  const keys = given.has('LIVEKIT_URL') ? others : made;
  const layers = { ...above, 'keys.env': keys };
  return { settings: resolveSettings(VARIABLES, layers), layers, dataDir, keysFile };
}
