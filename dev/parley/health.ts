import { type Clock, delay } from '@parley/agent/runtime/clock';
import { type Health, healthSchema } from '@parley/contracts/http-api';
import { getJson } from './get-json.ts';

/** No call would be answered within the time that a start may take. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
  readonly code = 'not_ready';
}

const ASK_EVERY_MS = 200;

/** Asks for the health, or null where nobody answers in its terms. */
export async function readHealth(origin: string, signal: AbortSignal): Promise<Health | null> {
  try {
    const parsed = healthSchema.safeParse(await getJson(`${origin}/api/health`, signal));
    return parsed.success ? parsed.data : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Waits until a call would be answered. Rejects with `NotReady`, or with the signal's reason. */
export async function waitUntilReady(options: {
  readonly origin: string;
  readonly withinMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}): Promise<Health> {
  const { origin, withinMs, clock, signal } = options;
  const givesUpAtMs = clock.nowMs() + withinMs;
  for (;;) {
    const health = await readHealth(origin, signal);
    if (health !== null && health.status !== 'down' && health.workers.ready > 0) return health;
    const waitsFor = describeWait(health);
    options.onProgress(`starting: ${waitsFor}`);
    if (clock.nowMs() > givesUpAtMs) {
      throw new NotReady(`No call would be answered after ${Math.round(withinMs / 1000)} s: ${waitsFor}.`);
    }
    await delay(clock, ASK_EVERY_MS, signal);
  }
}

/** What keeps calls from being answered, in words. */
export function describeWait(health: Health | null): string {
  if (health === null) return 'the web server does not answer yet';
  if (health.livekit.status !== 'ok')
    return health.livekit.message || `livekit-server is ${health.livekit.status}`;
  const { processes, starting, full, definitionFaults } = health.workers;
  if (processes === 0) return 'no worker process has reported yet';
  if (starting > 0) return `${starting} of ${processes} worker processes are still starting`;
  if (full > 0) return 'every worker process is full';
  if (definitionFaults.length > 0) return `agents are at fault: ${definitionFaults.join('; ')}`;
  return 'no worker process takes calls yet';
}
