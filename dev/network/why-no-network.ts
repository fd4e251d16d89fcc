import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const TUN_DEVICE = '/dev/net/tun';
const PROGRAMS = ['ip', 'python3'];

/** Why this machine cannot make bad networks of its own, in words; null where it can. */
export function whyNoNetwork(options: {
  readonly platform: string;
  readonly isRoot: boolean;
  readonly searchPath: string;
}): string | null {
  const { platform, isRoot, searchPath } = options;
  if (platform !== 'linux') return `network namespaces need Linux, and this is ${platform}`;
  if (!isRoot) return 'making network namespaces needs root';
  if (!existsSync(TUN_DEVICE)) return `${TUN_DEVICE} does not exist, so that no link can be made`;
  const folders = searchPath.split(delimiter).filter(Boolean);
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  return missing.length === 0
    ? null
    : `not installed: ${missing.join(', ')} (apt-get install iproute2 python3)`;
}
