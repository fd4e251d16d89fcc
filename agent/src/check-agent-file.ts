import { createAgentFaults } from './call/agent-faults.ts';
import { readProviderAccess } from './config/provider-variables.ts';
import { type AgentFile, readAgentFile } from './definitions/read-agent-file.ts';
import { createMonotonicClock } from './runtime/clock.ts';

/**
 * Reads one agent file as the workers do; `file` is its name for faults, `at` its path, `environment` what holds keys and
 * addresses of vendors.
 */
export function checkAgentFile(
  file: string,
  at: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AgentFile> {
  const access = readProviderAccess(environment);
  return readAgentFile(file, at, { faultsHere: createAgentFaults(access), clock: createMonotonicClock() });
}
