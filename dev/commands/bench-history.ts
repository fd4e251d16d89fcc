import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../build/bundle.mjs';
import { projectFolder } from '../project-folder.ts';

const USAGE = `npm run bench:history [-- options]

How long the list of calls, its filters and the search take over 100,000 generated calls of 20 turns each. The last line
is the figures as JSON.

  --calls N       calls to make. Default 100000; they take about 1.5 GB in the folder for temporary files.
  --asked N       questions of each kind. Default 50.
  --database URL  an empty PostgreSQL database. Default: a SQLite file of its own.
  --help
`;

/** `npm run bench:history`. */
export async function benchHistory(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { calls: text, asked: text, database: text, help: { type: 'boolean' } } as const;
  const parsed = attempt(() => parseArgs({ args: [...args], options }));
  if (typeof parsed === 'string') return misuse(parsed);
  const { calls = '100000', asked = '50', database = null, help = false } = parsed.values;
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  for (const [name, value] of Object.entries({ calls, asked }))
    if (!/^[1-9]\d{0,7}$/.test(value))
      return misuse(`--${name} is ${value}, but must be a whole number above 0.`);
  const task = { calls: Number(calls), asked: Number(asked), databaseUrl: database };
  const child = spawn(process.execPath, [await bundleAsServer(), JSON.stringify(task)], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Within the package of the server: that is where it finds its databases. */
async function bundleAsServer(): Promise<string> {
  const root = projectFolder();
  const outFolder = join(root, 'web', 'node_modules', '.cache', 'parley-bench');
  const name = 'history-process';
  await bundle({ entries: { [name]: join(root, 'bench', 'history', `${name}.ts`) }, outFolder });
  return join(outFolder, `${name}.js`);
}

function attempt<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function misuse(fault: string): number {
  process.stderr.write(`${fault}\n\n${USAGE}`);
  return 2;
}
