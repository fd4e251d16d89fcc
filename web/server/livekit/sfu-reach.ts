import type { Health } from '@parley/contracts/http-api';
import type { Clock } from '../runtime/clock.ts';
import { type Sfu, SfuError } from './sfu.ts';

/** Whether livekit-server answers. */
export interface SfuReach {
  /** Never rejects; what it says is at most 1 s old. */
  look(): Promise<Health['livekit']>;
}

const FRESH_MS = 1_000;

export function createSfuReach({
  sfu,
  clock,
}: {
  readonly sfu: Pick<Sfu, 'ping'>;
  readonly clock: Clock;
}): SfuReach {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let last: Promise<Health['livekit']> | undefined;

  const ask = async (): Promise<Health['livekit']> => {
    try {
      await sfu.ping();
      return { status: 'ok', message: '' };
    } catch (error) {
      if (error instanceof SfuError && error.code === 'refused') {
        return {
          status: 'refused',
          message:
            'livekit-server refuses our key: LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be those it was started with.',
        };
      }
      return {
        status: 'unreachable',
        message: 'livekit-server does not answer: check that it runs, and LIVEKIT_URL.',
      };
    }
  };

  return {
    look() {
      if (last === undefined || clock.nowMs() - lookedAtMs >= FRESH_MS) {
        lookedAtMs = clock.nowMs();
        last = ask();
      }
      return last;
    },
  };
}
