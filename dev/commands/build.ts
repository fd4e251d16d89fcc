import { BUILD_NAMES, type BuildName, buildParley } from '../build/build.ts';
import { projectFolder } from '../project-folder.ts';
import { FlagError } from './launch-flags.ts';

/** `npm run build [-- agent server client]`: builds what changed, of these or of everything. */
export async function build(args: readonly string[]): Promise<number> {
  const unknown = args.filter((name) => !BUILD_NAMES.some((known) => known === name));
  if (unknown.length > 0) {
    throw new FlagError(
      `There is nothing to build named ${unknown.join(', ')}. There are: ${BUILD_NAMES.join(', ')}.`,
    );
  }
  const names: readonly BuildName[] =
    args.length === 0 ? BUILD_NAMES : BUILD_NAMES.filter((name) => args.includes(name));
  await buildParley({
    root: projectFolder(),
    names,
    onProgress: (text) => process.stdout.write(`${text}\n`),
  });
  return 0;
}
