import { basename, join } from 'node:path';
import { projectFolder } from '../project-folder.ts';
import { agentEntries } from './agent-entries.ts';
import { bundle } from './bundle.mjs';

/**
 * Makes a process of dev/ runnable beside the agent's threads and within its package: that is where it finds the agent's
 * models and voices. `source` is relative to dev/; gives the path of the result.
 */
export async function bundleAsAgent(source: string): Promise<string> {
  const root = projectFolder();
  const name = basename(source, '.ts');
  const outFolder = join(root, 'agent', 'node_modules', '.cache', `parley-${name}`);
  await bundle({ entries: { ...agentEntries(root), [name]: join(root, 'dev', source) }, outFolder });
  return join(outFolder, `${name}.js`);
}
