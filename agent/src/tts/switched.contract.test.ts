import { pino } from 'pino';
import { createMonotonicClock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { createProviderHealth } from '../runtime/provider-health.ts';
import type { Tts } from './contract.ts';
import { createEmbeddedTts } from './embedded.ts';
import { createSwitchedTts } from './switched.ts';
import { describeTtsContract } from './tts.contract.ts';

const log = pino({ level: 'silent' });

/** A voice that opens nothing. */
function createSilentTts(): Tts {
  return {
    provider: 'down',
    model: 'down',
    voices: ['slt'],
    sampleRateHz: () => 16_000,
    async warm() {},
    open() {
      throw new ProviderError('unavailable', 'down', { provider: 'down', retryable: true });
    },
    async close() {},
  };
}

describeTtsContract('the embedded voice behind one that is down', {
  create: async () => {
    const clock = createMonotonicClock();
    const embedded = createEmbeddedTts({ clock, log });
    const candidate = (stage: Tts) => ({ stage, baseUrl: '', key: null, voice: 'slt' });
    const tts = createSwitchedTts({
      order: [candidate(createSilentTts()), candidate(embedded)],
      health: createProviderHealth({ clock }),
      clock,
      log,
      onSwitched() {},
    });
    return {
      ...tts,
      voices: tts.voices,
      async close() {
        await tts.close();
        await embedded.close();
      },
    };
  },
});
