import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Settings } from './config/settings.ts';
import { createMonotonicClock, wallClockEpochMs } from './runtime/clock.ts';
import { createProcessLog } from './runtime/process-log.ts';
import { random } from './runtime/random.ts';
import { createFindLeftovers } from './shipping/find-leftovers.ts';
import { shipLeftovers } from './shipping/leftovers.ts';
import { openShipping } from './shipping/open-shipping.ts';
import { descriptorLimit, descriptorsNeeded } from './worker/descriptors.ts';
import { createForkProcess } from './worker/fork-process.ts';
import { createRoomService } from './worker/room-service.ts';
import { internalRequestOf, settingsOrExit } from './worker/start-process.ts';
import { runSupervisor } from './worker/supervisor.ts';

/*
 * The agent: a supervisor and its worker processes. SIGTERM drains, SIGINT stops, a second SIGINT kills. Forked with a
 * channel, it also stops when the one who forked it is gone.
 */
const settings = settingsOrExit();
const log = createProcessLog({ ...settings, base: { pid: process.pid, role: 'supervisor' } });
warnOfFewDescriptors(settings, log);

const clock = createMonotonicClock();
const request = internalRequestOf(settings, clock);
const leftovers =
  request &&
  shipLeftovers({
    ...openShipping({ request, sendsFiles: settings.sendsFiles, clock, random, log }),
    findLeftovers: createFindLeftovers(settings.dataDir, wallClockEpochMs),
  });
const supervisor = runSupervisor({
  settings,
  forkProcess: createForkProcess(fileURLToPath(new URL('./worker/process.js', import.meta.url)), clock),
  rooms: createRoomService(settings.livekit),
  onProcessEnded: () => leftovers?.lookNow(),
  clock,
  random,
  log,
});

// The calls of the processes are worth more than a supervisor without a fault.
process.on('uncaughtException', (error) =>
  log.error({ err: error }, 'the supervisor goes on after an exception'),
);
process.on('unhandledRejection', (reason) =>
  log.error({ err: reason }, 'the supervisor goes on after a rejection'),
);

let interrupts = 0;
process.on('SIGTERM', supervisor.drain);
process.on('SIGINT', () => (++interrupts === 1 ? supervisor.stop() : supervisor.kill()));
process.on('disconnect', supervisor.stop);
const exitCode = await supervisor.ended;
await leftovers?.close();
process.exit(exitCode);

function warnOfFewDescriptors({ maxCallsPerProcess }: Settings, to: Logger): void {
  const needed = descriptorsNeeded(maxCallsPerProcess);
  let limit: number | null = null;
  try {
    limit = descriptorLimit(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    // There is no such file outside Linux; the limit stays unknown.
  }
  if (limit === null || limit >= needed) return;
  to.warn(
    { limit, needed },
    'few file descriptors: raise the hard limit (ulimit -Hn) or lower PARLEY_MAX_CALLS_PER_PROCESS',
  );
}
