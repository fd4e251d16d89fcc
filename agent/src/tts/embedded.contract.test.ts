import { pino } from 'pino';
import { createMonotonicClock } from '../runtime/clock.ts';
import { createEmbeddedTts } from './embedded.ts';
import { createCachedTts } from './pcm-cache.ts';
import { describeTtsContract } from './tts.contract.ts';

const log = pino({ level: 'silent' });
const createEmbedded = () => createEmbeddedTts({ clock: createMonotonicClock(), log });

describeTtsContract('the embedded voice', { create: async () => createEmbedded() });

describeTtsContract('the embedded voice behind a cache', {
  create: async () => {
    const tts = createCachedTts({ tts: createEmbedded(), log });
    const lines = ['Two words.', 'Hello there, you owe us $12.50 for the 2nd time.', '...', 'Good morning.'];
    await tts.preload(lines, { voice: 'slt', language: 'en' });
    return tts;
  },
});
