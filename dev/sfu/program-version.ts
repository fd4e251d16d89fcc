import { tmpdir } from 'node:os';
import { runTool } from './run-tool.ts';

/** The version that `<path> --version` names, or null where it cannot be run or names none within 5 s. */
export async function programVersion(path: string, signal: AbortSignal): Promise<string | null> {
  try {
    const words = await runTool({
      command: path,
      args: ['--version'],
      env: {},
      cwd: tmpdir(),
      limitMs: 5_000,
      signal,
    });
    return /\d+\.\d+\.\d+\S*/.exec(words)?.[0] ?? null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
