import { tmpdir } from 'node:os';
import { type Clock, delay } from '@parley/agent/runtime/clock';
import { type Child, type Stop, startChild } from '../processes/child.ts';
import { settlesWithin } from '../processes/settles-within.ts';
import type { Watchdog } from '../processes/watchdog.ts';
import { formatSfuConfig, type SfuConfig } from './sfu-config.ts';

/** livekit-server ended before it answered. The message holds its last words. */
export class SfuNotStarted extends Error {
  override readonly name = 'SfuNotStarted';
  readonly code: 'died' | 'silent';
  constructor(code: SfuNotStarted['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const READY_WITHIN_MS = 15_000;
const ASK_EVERY_MS = 25;
/** How it ends: a first signal lets it wait for its rooms to empty, for ever if need be; a second does not. */
export const SFU_STOP: Stop = { signals: ['SIGTERM', 'SIGTERM'], graceMs: 1_000 };
const LAST_WORDS = 8;

/**
 * Starts livekit-server and waits until it answers. It gets an environment of these keys alone, as it would read
 * `LIVEKIT_*`, `NODE_IP` and `UDP_PORT` from another. Rejects with `SfuNotStarted`.
 */
export async function startSfu(options: {
  readonly binary: string;
  readonly config: SfuConfig;
  readonly port: number;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  readonly onLine?: (line: string) => void;
}): Promise<Child> {
  const { clock } = options;
  const child = await startChild({
    name: 'livekit-server',
    command: options.binary,
    args: ['--config-body', formatSfuConfig(options.config)],
    env: { LIVEKIT_KEYS: `${options.apiKey}: ${options.apiSecret}` },
    cwd: tmpdir(),
    hasChannel: false,
    clock,
    watchdog: options.watchdog,
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
  });
  const givesUpAtMs = clock.nowMs() + READY_WITHIN_MS;
  while (!(await doesAnswer(`http://127.0.0.1:${options.port}/`))) {
    const words = () => child.lastLines().slice(-LAST_WORDS).join('\n');
    if (await settlesWithin(clock, child.ended, 0)) {
      throw new SfuNotStarted(
        'died',
        `livekit-server ended before it was ready. Its last words:\n${words()}`,
      );
    }
    if (clock.nowMs() > givesUpAtMs) {
      await child.stop(SFU_STOP);
      throw new SfuNotStarted(
        'silent',
        `livekit-server did not answer within 15 s. Its last words:\n${words()}`,
      );
    }
    await delay(clock, ASK_EVERY_MS);
  }
  return child;
}

async function doesAnswer(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
