import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { faultInWords } from '@parley/agent/definitions/definition-fault';
import { buildParley } from '../build/build.ts';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { projectFolder } from '../project-folder.ts';
import { osEnvironment } from '../settings/os-environment.ts';

const USAGE = 'usage: npm run check-agent -- <file> [--json]';

/** Nothing was checked, as the command was not given one file. */
const EXIT_MISUSE = 2;

/**
 * `npm run check-agent -- <file> [--json]`: 0 where the agent in the file can be called on this machine, else 1 and every
 * fault; 2 for misuse. With `--json` the last line is `{ file, ok, faults: [{ line, column, path, message }] }`.
 */
export async function checkAgent(args: readonly string[]): Promise<number> {
  const asked = readArgs(args);
  if (typeof asked === 'string') {
    process.stderr.write(`${asked}\n${USAGE}\n`);
    return EXIT_MISUSE;
  }
  const { file, isJson } = asked;
  const root = projectFolder();
  await buildParley({ root, names: ['agent'], onProgress: (text) => process.stderr.write(`${text}\n`) });
  // The worker's own build, so that what is sound here is sound there.
  const built = pathToFileURL(join(root, 'agent', 'dist', 'check-agent-file.js')).href;
  const { checkAgentFile }: typeof import('@parley/agent/check-agent-file') = await import(built);
  // npm runs this in the project's folder, wherever it was asked for.
  const environment = osEnvironment();
  const { settings } = await readProjectSettings({ root, flags: {}, environment, makesKeys: false });
  const values = Object.fromEntries([...settings].map(([name, { value }]) => [name, value]));
  const read = await checkAgentFile(file, resolve(environment.INIT_CWD ?? '.', file), values);
  const faults = read.kind === 'faulty' ? read.faults : [];
  const isOk = read.kind === 'sound';
  if (isJson) {
    const plain = faults.map(({ line, column, path, message }) => ({ line, column, path, message }));
    process.stdout.write(`${JSON.stringify({ file, ok: isOk, faults: plain })}\n`);
  } else if (read.kind === 'sound') {
    const { name, title } = read.agent.definition;
    process.stdout.write(`${file}: sound; "${name}" (${title}) can be called.\n`);
  } else {
    process.stdout.write(`${faults.map(faultInWords).join('\n')}\n`);
  }
  return isOk ? 0 : 1;
}

function readArgs(args: readonly string[]): { readonly file: string; readonly isJson: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [file, ...others] = positionals;
    if (file === undefined) return 'Name the agent file to check.';
    if (others.length > 0) return 'Name one agent file at a time.';
    return { file, isJson: values.json };
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    return `${first}.`;
  }
}
