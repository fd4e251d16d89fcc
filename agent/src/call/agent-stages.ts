import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { StageName, StageReport } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import type { ProviderAccess } from '../config/provider-variables.ts';
import { createScriptedLlm } from '../llm/scripted.ts';
import type { LlmCandidate } from '../llm/switched.ts';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { createProviderHealth, type ProviderHealth } from '../runtime/provider-health.ts';
import type { Candidate, Order } from '../runtime/provider-order.ts';
import type { Stt } from '../stt/contract.ts';
import { createRecogniser } from '../stt/embedded/recogniser.ts';
import { createEmbeddedStt } from '../stt/embedded.ts';
import { createEmbeddedTts } from '../tts/embedded.ts';
import { type CachedTts, createCachedTts } from '../tts/pcm-cache.ts';
import type { TtsCandidate } from '../tts/switched.ts';
import { openEndOfTurn } from '../turn-detector/open-end-of-turn.ts';
import { loadSilero } from '../vad/silero.ts';
import { type Chosen, chooseProviders } from './choose-providers.ts';
import { createLeases, type Lease } from './leases.ts';
import { stageReports } from './stage-reports.ts';
import type { StageOrder } from './stages.ts';
import { createVendorStages } from './vendor-stages.ts';

/** What fulfils the stages of the agents of a process. */
export interface AgentStages {
  /**
   * The stages of an agent, to be released by who took them. Throws ProviderError `bad_request` for a definition in
   * which `createAgentFaults` finds a fault, or whose voice there is not.
   */
  take(definition: AgentDefinition): Lease<StageOrder>;
  /** No further call will be of this definition: its stages are closed when its last call is over. */
  retire(definition: AgentDefinition): void;
  /** How the providers fare, for all calls. */
  readonly health: ProviderHealth;
  /** Who fulfils the stages of an agent that names nobody. */
  readonly reports: () => Readonly<Record<StageName, StageReport>>;
  close(): Promise<void>;
}

export async function createAgentStages(options: {
  readonly smartTurnFile: string | null;
  readonly access: ProviderAccess;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<AgentStages> {
  const { access, clock, log } = options;
  const vad = await loadSilero();
  const endOfTurn = await openEndOfTurn({ modelFile: options.smartTurnFile, clock, log });
  const embeddedVoice = createEmbeddedTts({ clock, log });
  const embeddedTts = createCachedTts({ tts: embeddedVoice, log });
  const recogniser = createRecogniser({ pronounce: embeddedVoice.pronounce, clock, log });
  const vendors = createVendorStages({ clock, log });
  const health = createProviderHealth({ clock });

  const make = (definition: AgentDefinition): Made => {
    const { chosen, faults } = chooseProviders(definition, access);
    const [fault] = faults;
    if (fault !== undefined) throw unusable(definition, `${fault.path.join('.')}: ${fault.message}`);
    const releases: (() => void)[] = [];
    const leased = <S>({ value, release }: Lease<S>): S => {
      releases.push(release);
      return value;
    };
    const { script, phrases, language } = definition;
    const hears = (one: Chosen<Stt>): Candidate<Stt> => {
      if (one.kind === 'vendor') return { ...addressOf(one), stage: leased(vendors.stt.take(one)) };
      if (script === undefined) throw unusable(definition, 'the embedded recogniser needs a script');
      const stt = createEmbeddedStt({ script, phrases, recogniser, log });
      releases.push(() => void stt.close().catch((err) => log.warn({ err }, 'a recogniser did not close')));
      return { ...HERE, stage: stt };
    };
    const answers = (one: (typeof chosen.llm)[number]): LlmCandidate => {
      if (one.kind === 'vendor')
        return { ...addressOf(one), ...patience(one), stage: leased(vendors.llm.take(one)) };
      if (script === undefined) throw unusable(definition, 'it has no script to follow, and no model to ask');
      return { ...HERE, stage: createScriptedLlm({ script }) };
    };
    const speaks = (one: (typeof chosen.tts)[number]): Voiced => {
      const stage = one.kind === 'vendor' ? leased(vendors.tts.take(one)) : embeddedTts;
      const voice = voiceOf(stage, definition, one.kind === 'vendor' ? one.voice : null);
      return { ...(one.kind === 'vendor' ? addressOf(one) : HERE), stage, voice };
    };
    try {
      const tts = ordered(chosen.tts.map(speaks));
      return {
        order: {
          vad,
          stt: ordered(chosen.stt.map(hears)),
          llm: ordered(chosen.llm.map(answers)),
          tts,
          endOfTurn,
          async preload(lines) {
            const [first, ...others] = tts;
            await first.stage.preload(lines.first, { voice: first.voice, language });
            await Promise.all(
              others.map(({ stage, voice }) => stage.preload(lines.others, { voice, language })),
            );
          },
        },
        release: () => releases.forEach((release) => release()),
      };
    } catch (error) {
      releases.forEach((release) => release());
      throw error;
    }
  };
  const leases = createLeases({
    make,
    // What several agents share is closed when the last of them lets go of it.
    close: async ({ release }: Made) => release(),
    onCloseFailed: (err) => log.warn({ err }, 'the stages of a former agent did not close'),
  });

  return {
    take(definition) {
      const { value, release } = leases.take(definition);
      return { value: value.order, release };
    },
    retire: leases.retire,
    health,
    reports: () => stageReports(access, health),
    async close() {
      await leases.close();
      await vendors.close();
      await recogniser.close();
      await embeddedTts.close();
      await endOfTurn.close();
      await vad.close();
    },
  };
}

type Voiced = TtsCandidate & { readonly stage: CachedTts };

/** Of what runs in this process. */
const HERE = { baseUrl: '', key: null };

function addressOf({ baseUrl, key }: Extract<Chosen<unknown>, { readonly kind: 'vendor' }>) {
  return { baseUrl, key };
}

/** How long the model's first token may take, where its provider says so. */
function patience({ provider, model }: Extract<Chosen<unknown>, { readonly kind: 'vendor' }>) {
  const firstTokenMs = provider.models.find(({ name }) => name === model)?.firstTokenMs;
  return firstTokenMs === undefined ? {} : { firstTokenMs };
}

function ordered<Of>([first, ...others]: readonly Of[]): Order<Of> {
  if (first === undefined) throw new Error('somebody is chosen for each stage');
  return [first, ...others];
}

interface Made {
  readonly order: StageOrder;
  readonly release: () => void;
}

/** The voice that was named for the provider, else the agent's own where this provider has it, else its first. */
function voiceOf(tts: CachedTts, { voice, tts: named }: AgentDefinition, own: string | null): string {
  const asked = own ?? (named === undefined ? undefined : voice);
  if (asked !== undefined) {
    tts.sampleRateHz(asked);
    return asked;
  }
  return voice !== undefined && hasVoice(tts, voice) ? voice : (tts.voices[0] ?? '');
}

function hasVoice(tts: CachedTts, voice: string): boolean {
  try {
    tts.sampleRateHz(voice);
    return true;
  } catch {
    return false;
  }
}

function unusable({ name }: AgentDefinition, why: string): ProviderError {
  return new ProviderError('bad_request', `agent "${name}": ${why}`, { provider: 'agent', retryable: false });
}
