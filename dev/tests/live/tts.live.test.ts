import { PROVIDERS } from '@parley/agent/call/choose-providers';
import { describeTtsContract } from '@parley/agent/tts/tts.contract';
import { describeLive } from './live-providers.ts';

describeLive('tts', {
  providers: PROVIDERS.tts,
  // Two: what the smallest plan of every vendor allows.
  suite: ({ name, create }) => describeTtsContract(name, { create: async () => create(), atOnce: 2 }),
});
