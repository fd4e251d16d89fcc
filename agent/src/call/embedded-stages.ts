import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { StageName, StageReport } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import { createScriptedLlm } from '../llm/scripted.ts';
import type { Clock } from '../runtime/clock.ts';
import { createRecogniser } from '../stt/embedded/recogniser.ts';
import { createEmbeddedStt } from '../stt/embedded.ts';
import { createEmbeddedTts } from '../tts/embedded.ts';
import { createCachedTts } from '../tts/pcm-cache.ts';
import { loadSilero } from '../vad/silero.ts';
import type { CallStages } from './stages.ts';

/** The stages that need no key and no network, shared by the calls of a process. */
export interface EmbeddedStages {
  /** Throws ProviderError `bad_request` for a voice or a language that the embedded providers lack. */
  stagesFor(definition: AgentDefinition): CallStages;
  readonly reports: Readonly<Record<StageName, StageReport>>;
  close(): Promise<void>;
}

export async function createEmbeddedStages(options: {
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<EmbeddedStages> {
  const { clock, log } = options;
  const vad = await loadSilero();
  const voice = createEmbeddedTts({ clock, log });
  const tts = createCachedTts({ tts: voice, log });
  const recogniser = createRecogniser({ pronounce: voice.pronounce, clock, log });
  const byAgent = new Map<AgentDefinition, CallStages>();

  return {
    stagesFor(definition) {
      const known = byAgent.get(definition);
      if (known !== undefined) return known;
      const { script, language } = definition;
      const name = definition.voice ?? tts.voices[0] ?? '';
      tts.sampleRateHz(name);
      const stages: CallStages = {
        vad,
        stt: createEmbeddedStt({ script, recogniser, log }),
        llm: createScriptedLlm({ script }),
        tts,
        voice: name,
        preload: (lines) => tts.preload(lines, { voice: name, language }),
      };
      byAgent.set(definition, stages);
      return stages;
    },
    reports: {
      vad: { provider: 'silero', reason: 'local model, always used', upgrade: '' },
      stt: {
        provider: 'embedded',
        reason: 'no speech recognition key is set; understands the phrases of the script, in English',
        upgrade: 'a recognition key (Deepgram, OpenAI) lets callers say anything',
      },
      llm: {
        provider: 'scripted',
        reason: 'no language model key is set; follows the script of the agent file',
        upgrade: 'a model key (OpenAI) answers freely',
      },
      tts: {
        provider: 'embedded',
        reason: 'no voice key is set; Flite, in English',
        upgrade: 'a voice key (Cartesia, OpenAI) sounds like a person',
      },
    },
    async close() {
      await Promise.all([...byAgent.values()].map(({ stt }) => stt.close()));
      await recogniser.close();
      await tts.close();
      await vad.close();
    },
  };
}
