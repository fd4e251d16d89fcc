import { join } from 'node:path';
import { readSettings, SettingsError } from './config/settings.ts';
import { ListenError } from './http/listen.ts';
import { createMonotonicClock } from './runtime/clock.ts';
import { createProcessLog } from './runtime/process-log.ts';
import { startServer } from './server.ts';

/** The built server lies in `dist/server`, the built client in `dist/client`. */
const CLIENT_DIR = join(import.meta.dirname, '..', 'client');

// Listened for before anything starts, so that no word to end is missed.
const ending = wordToEnd();
try {
  const settings = readSettings();
  const log = createProcessLog(settings);
  const clientDir = settings.clientDir ?? CLIENT_DIR;
  const server = await startServer({ settings, clientDir, clock: createMonotonicClock(), log });
  log.info({ reason: await ending }, 'web server ending');
  await server.close();
  process.exit(0);
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof ListenError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

/** Resolves with the signal that ends this process, or when the process that started it over a channel is gone. */
function wordToEnd(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    process.on('disconnect', () => resolve('the parent process is gone'));
  });
}
