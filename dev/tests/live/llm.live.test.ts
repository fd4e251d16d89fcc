import { PROVIDERS } from '@parley/agent/call/choose-providers';
import { describeLlm } from '@parley/agent/llm/llm.contract';
import { BUILTIN_TOOLS } from '@parley/engine/call/builtin-tools';
import { describeLive } from './live-providers.ts';

describeLive('llm', {
  providers: PROVIDERS.llm,
  suite: ({ name, create }) =>
    describeLlm(name, {
      create,
      request: {
        instructions: 'You answer aloud, in full sentences and without markdown.',
        messages: [
          { role: 'user', text: 'Tell me in two sentences how bread is made.', isUnintelligible: false },
        ],
        node: 'start',
        tools: BUILTIN_TOOLS,
      },
      isLive: true,
    }),
});
