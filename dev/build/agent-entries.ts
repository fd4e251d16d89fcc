import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Results of the agent's build, each with its source: its processes, the check of an agent file, and every worker
 * thread at its place in the tree.
 */
export function agentEntries(root: string): Record<string, string> {
  const source = join(root, 'agent', 'src');
  const threads = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.thread.ts') && !file.split('/').includes('testing'),
  );
  const files = ['main.ts', 'worker/process.ts', 'check-agent-file.ts', ...threads.sort()];
  return Object.fromEntries(files.map((file) => [file.replace(/\.ts$/, ''), join(source, file)]));
}
