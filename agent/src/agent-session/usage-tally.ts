import { AgentSession } from '@livekit/protocol';
import type { ModelUsage } from '@parley/contracts/call-record';
import { addUsage, type CountedUsage } from '@parley/engine/cost/usage-by-model';

/** What was counted in a call so far, by stage, provider and model. */
export interface UsageTally {
  add(counted: CountedUsage): void;
  message(): AgentSession.AgentSessionUsage;
}

export function createUsageTally(): UsageTally {
  let byModel: readonly ModelUsage[] = [];
  return {
    add(counted) {
      byModel = addUsage(byModel, counted);
    },
    message: () => new AgentSession.AgentSessionUsage({ modelUsage: byModel.map(modelUsage) }),
  };
}

/** LiveKit's counts have no absent: what was not counted is 0 there. */
function modelUsage(counted: ModelUsage): AgentSession.ModelUsage {
  const { stage, provider, model } = counted;
  switch (stage) {
    case 'llm': {
      const value = {
        provider,
        model,
        inputTokens: counted.inputTokens ?? 0,
        inputCachedTokens: counted.cachedInputTokens ?? 0,
        outputTokens: counted.outputTokens ?? 0,
      };
      return new AgentSession.ModelUsage({
        usage: { case: 'llm', value: new AgentSession.LLMModelUsage(value) },
      });
    }
    case 'tts': {
      const value = { provider, model, charactersCount: counted.characters ?? 0 };
      return new AgentSession.ModelUsage({
        usage: { case: 'tts', value: new AgentSession.TTSModelUsage(value) },
      });
    }
    case 'stt': {
      const value = { provider, model, audioDuration: (counted.audioMs ?? 0) / 1000 };
      return new AgentSession.ModelUsage({
        usage: { case: 'stt', value: new AgentSession.STTModelUsage(value) },
      });
    }
  }
}
