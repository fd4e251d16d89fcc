import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { StageName, StageReport } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import { createScriptedLlm } from '../llm/scripted.ts';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { createRecogniser } from '../stt/embedded/recogniser.ts';
import { createEmbeddedStt } from '../stt/embedded.ts';
import { createEmbeddedTts } from '../tts/embedded.ts';
import { createCachedTts } from '../tts/pcm-cache.ts';
import { openEndOfTurn } from '../turn-detector/open-end-of-turn.ts';
import { loadSilero } from '../vad/silero.ts';
import { createLeases, type Lease } from './leases.ts';
import type { CallStages } from './stages.ts';

/** The stages that need no key and no network, shared by the calls of a process. */
export interface EmbeddedStages {
  /**
   * The stages of an agent, to be released by who took them. Throws ProviderError `bad_request` for a definition in
   * which `embeddedFaults` finds a fault.
   */
  take(definition: AgentDefinition): Lease<CallStages>;
  /** No further call will be of this definition: its stages are closed when its last call is over. */
  retire(definition: AgentDefinition): void;
  readonly reports: Readonly<Record<StageName, StageReport>>;
  close(): Promise<void>;
}

export async function createEmbeddedStages(options: {
  readonly smartTurnFile: string | null;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<EmbeddedStages> {
  const { clock, log } = options;
  const vad = await loadSilero();
  const endOfTurn = await openEndOfTurn({ modelFile: options.smartTurnFile, clock, log });
  const voice = createEmbeddedTts({ clock, log });
  const tts = createCachedTts({ tts: voice, log });
  const recogniser = createRecogniser({ pronounce: voice.pronounce, clock, log });

  const make = (definition: AgentDefinition): CallStages => {
    const { script, phrases, language } = definition;
    const name = definition.voice ?? tts.voices[0] ?? '';
    tts.sampleRateHz(name);
    if (script === undefined) {
      const message = `agent "${definition.name}" has no script, and the embedded model follows nothing else`;
      throw new ProviderError('bad_request', message, { provider: 'scripted', retryable: false });
    }
    return {
      vad,
      stt: createEmbeddedStt({ script, phrases, recogniser, log }),
      llm: createScriptedLlm({ script }),
      tts,
      endOfTurn,
      voice: name,
      preload: (lines) => tts.preload(lines, { voice: name, language }),
    };
  };
  const leases = createLeases({
    make,
    // The rest is shared by all agents.
    close: ({ stt }) => stt.close(),
    onCloseFailed: (err) => log.warn({ err }, 'the stages of a former agent did not close'),
  });

  return {
    take: leases.take,
    retire: leases.retire,
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
      await leases.close();
      await recogniser.close();
      await tts.close();
      await endOfTurn.close();
      await vad.close();
    },
  };
}
