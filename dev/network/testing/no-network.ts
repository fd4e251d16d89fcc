import { osEnvironment } from '../../settings/os-environment.ts';
import { whyNoNetwork } from '../why-no-network.ts';

/** Why tests of networks are skipped on this machine, or null; it is said once where they are. */
export const reasonForNoNetwork = whyNoNetwork({
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  searchPath: osEnvironment().PATH ?? '',
});

if (reasonForNoNetwork !== null)
  process.stdout.write(`tests of networks are skipped: ${reasonForNoNetwork}\n`);
