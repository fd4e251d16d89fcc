import type { StageName, StageReport } from '@parley/contracts/internal-api';
import { type ProviderAccess, SIMULATED_KEY } from '../config/provider-variables.ts';
import type { Provider } from '../runtime/provider.ts';
import { EMBEDDED_NAMES, PROVIDERS } from './choose-providers.ts';

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

/** Who fulfils each stage of an agent that names nobody, and why. */
export function stageReports({ keys, baseUrls }: ProviderAccess): Record<StageName, StageReport> {
  const report = (stage: keyof typeof EMBEDDED): StageReport => {
    const known: readonly Provider<unknown>[] = PROVIDERS[stage];
    const byKey = known.find(({ key }) => key !== null && keys[key] !== undefined);
    if (byKey !== undefined) {
      const isSimulated = byKey.key !== null && keys[byKey.key] === SIMULATED_KEY;
      const reason = isSimulated ? SIMULATED[stage] : `${byKey.key} is set; ${byKey.title}`;
      return { provider: byKey.name, reason, upgrade: '' };
    }
    const byUrl = known.find(
      ({ key, baseUrl }) => key === null && baseUrl !== null && baseUrls[baseUrl.variable] !== undefined,
    );
    if (byUrl !== undefined)
      return { provider: byUrl.name, reason: `${byUrl.baseUrl?.variable} is set`, upgrade: '' };
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
