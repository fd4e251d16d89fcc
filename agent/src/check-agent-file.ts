import { embeddedFaults } from './call/embedded-faults.ts';
import { type AgentFile, readAgentFile } from './definitions/read-agent-file.ts';
import { createMonotonicClock } from './runtime/clock.ts';

/** Reads one agent file as the workers do; `file` is its name for faults, `at` its path. Never rejects. */
export function checkAgentFile(file: string, at: string): Promise<AgentFile> {
  return readAgentFile(file, at, { faultsHere: embeddedFaults, clock: createMonotonicClock() });
}
