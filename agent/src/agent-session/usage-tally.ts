import { AgentSession } from '@livekit/protocol';
import type { CallEvent } from '@parley/contracts/call-event';

type Counted = Extract<CallEvent, { type: 'usageCounted' }>['data'];

/** What was counted in a call so far, by stage, provider and model. */
export interface UsageTally {
  add(counted: Counted): void;
  message(): AgentSession.AgentSessionUsage;
}

export function createUsageTally(): UsageTally {
  const sums = new Map<string, Counted>();
  return {
    add(counted) {
      const key = JSON.stringify([counted.stage, counted.provider, counted.model]);
      const before = sums.get(key);
      sums.set(key, before === undefined ? counted : sumOf(before, counted));
    },
    message: () => new AgentSession.AgentSessionUsage({ modelUsage: [...sums.values()].map(modelUsage) }),
  };
}

const UNITS = ['audioMs', 'characters', 'inputTokens', 'cachedInputTokens', 'outputTokens'] as const;

function sumOf(before: Counted, more: Counted): Counted {
  const sums = UNITS.flatMap((unit) => {
    const [known, added] = [before[unit], more[unit]];
    return known === undefined && added === undefined ? [] : [[unit, (known ?? 0) + (added ?? 0)]];
  });
  return { ...before, ...Object.fromEntries(sums) };
}

/** LiveKit's counts have no absent: what was not counted is 0 there. */
function modelUsage(counted: Counted): AgentSession.ModelUsage {
  const { stage, provider, model } = counted;
  const { inputTokens = 0, cachedInputTokens = 0, outputTokens = 0 } = counted;
  switch (stage) {
    case 'llm': {
      const value = { provider, model, inputTokens, inputCachedTokens: cachedInputTokens, outputTokens };
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
