import type { StageName, StageReport } from '@parley/contracts/internal-api';
import { type ProviderAccess, SIMULATED_KEY } from '../config/provider-variables.ts';
import type { Provider } from '../runtime/provider.ts';
import type { ProviderErrorCode } from '../runtime/provider-error.ts';
import type { ProviderHealth } from '../runtime/provider-health.ts';
import { type Chosen, EMBEDDED_NAMES, PROVIDERS, usualOf } from './choose-providers.ts';

/** What runs here where no key is set, and what a key would change, in words for a person. */
const EMBEDDED = {
  stt: {
    reason: 'no speech recognition key is set; understands the phrases of the script, in English',
    upgrade: 'lets callers say anything',
  },
  llm: {
    reason: 'no language model key is set; follows the script of the agent file',
    upgrade: 'answers freely',
  },
  tts: { reason: 'no voice key is set; Flite, in English', upgrade: 'sounds like a person' },
} as const;

/** What a person should know of vendors that are simulated. */
const SIMULATED = {
  stt: 'simulated: hears the sentences of a script, whatever is said',
  llm: 'simulated: answers from a list',
  tts: 'simulated: a voice of this machine',
} as const;

/** Who fulfils each stage of an agent that names nobody, and why; of a vendor that fails, how. */
export function stageReports(
  access: ProviderAccess,
  health: ProviderHealth,
): Readonly<Record<StageName, StageReport>> {
  const report = (stage: keyof typeof EMBEDDED): StageReport => {
    const known: readonly Provider<unknown>[] = PROVIDERS[stage];
    const chosen = usualOf(known, access);
    if (chosen.kind === 'vendor') {
      const { provider, model, baseUrl, key } = chosen;
      const { mayBeAsked, lastCode } = health.breakerOf({
        stage,
        provider: provider.name,
        model,
        baseUrl,
        key,
      });
      const fault = mayBeAsked || lastCode === null ? '' : `; ${FAULT[lastCode]}`;
      return { provider: provider.name, reason: `${reasonOf(stage, chosen, access)}${fault}`, upgrade: '' };
    }
    const wanted = known.flatMap(({ key }) => (key === null ? [] : [key])).slice(0, 3);
    const { reason, upgrade } = EMBEDDED[stage];
    return { provider: EMBEDDED_NAMES[stage], reason, upgrade: `${wanted.join(', or ')} ${upgrade}` };
  };
  return {
    vad: { provider: 'silero', reason: 'local model, always used', upgrade: '' },
    stt: report('stt'),
    llm: report('llm'),
    tts: report('tts'),
  };
}

/** Of a vendor that is left alone for a while: npm run doctor asks it again. */
const FAULT: Readonly<Record<ProviderErrorCode, string>> = {
  auth: 'IT REFUSES THE KEY',
  rate_limit: 'it is over its limit, or out of credit',
  timeout: 'it does not answer in time',
  bad_request: 'it refuses what it is asked',
  unavailable: 'it cannot be reached',
  protocol: 'it answers what has no meaning',
};

function reasonOf(
  stage: keyof typeof SIMULATED,
  { provider, key }: Extract<Chosen<unknown>, { readonly kind: 'vendor' }>,
  { keys }: ProviderAccess,
): string {
  if (key === null) return `${provider.baseUrl?.variable} is set`;
  return keys[key] === SIMULATED_KEY ? SIMULATED[stage] : `${key} is set; ${provider.title}`;
}
