import { type Clock, delay } from '@parley/agent/runtime/clock';
import type { Child, Stop } from './child.ts';

/** A process that is to run until it is stopped: once it has stood, its death is followed by another start. */
export interface KeptChild {
  readonly name: string;
  /** Of the process that runs now; 0 between two. */
  pid(): number;
  /** Its last lines, for whoever explains a fault. */
  lastLines(): readonly string[];
  /** Settles only by rejecting: it died before it stood. */
  readonly failed: Promise<never>;
  /** From now on a death is followed by another start. */
  stand(): void;
  /** Ends it and starts it again at once, as after a change of its code. */
  restart(): Promise<void>;
  /** Ends it for good. Safe to call twice. */
  stop(): Promise<void>;
}

/** It ended before everything stood. The message holds its last words. */
export class ChildDied extends Error {
  override readonly name = 'ChildDied';
  readonly code = 'died_at_start';
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** Whoever lived so long starts over at the first wait. */
const LONG_LIFE_MS = 60_000;
const LAST_WORDS = 12;

/** Keeps a process running. The first start's failure rejects; later ones are told and tried again. */
export async function keepChild(options: {
  readonly name: string;
  readonly start: () => Promise<Child>;
  readonly stop: Stop;
  readonly clock: Clock;
  /** For a person: it died, and will be started again. */
  readonly onNotice: (text: string) => void;
}): Promise<KeptChild> {
  const { name, clock, onNotice } = options;
  const stopping = new AbortController();
  let hasStood = false;
  let isRestarting = false;
  let child: Child | null = await options.start();
  let lines: readonly string[] = [];
  let reportDeath: (error: ChildDied) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    reportDeath = reject;
  });
  failed.catch(() => undefined);

  const keep = async () => {
    let waitMs = FIRST_WAIT_MS;
    for (;;) {
      const startedAtMs = clock.nowMs();
      if (child !== null) {
        const { code, signal } = await child.ended;
        lines = child.lastLines();
        child = null;
        if (stopping.signal.aborted) return;
        const words = `${name} ended (${signal ?? `code ${code}`})`;
        if (!hasStood) {
          reportDeath(new ChildDied(`${words}. Its last words:\n${lines.slice(-LAST_WORDS).join('\n')}`));
          return;
        }
        if (clock.nowMs() - startedAtMs >= LONG_LIFE_MS) waitMs = FIRST_WAIT_MS;
        if (!isRestarting) onNotice(`${words}; starting it again`);
      }
      if (!isRestarting) {
        try {
          await delay(clock, waitMs, stopping.signal);
        } catch {
          return;
        }
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
      isRestarting = false;
      try {
        child = await options.start();
      } catch (error) {
        onNotice(`${name} does not start: ${error instanceof Error ? error.message : error}`);
      }
      // A stop that came while it started found nothing to end.
      if (stopping.signal.aborted) return void (await child?.stop(options.stop));
    }
  };
  const kept = keep();

  return {
    name,
    pid: () => child?.pid ?? 0,
    lastLines: () => child?.lastLines() ?? lines,
    failed,
    stand: () => {
      hasStood = true;
    },
    async restart() {
      if (child === null) return;
      isRestarting = true;
      await child.stop(options.stop);
    },
    async stop() {
      stopping.abort(new Error('stopped'));
      await child?.stop(options.stop);
      await kept;
    },
  };
}
