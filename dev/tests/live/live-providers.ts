import { idOf, type PROVIDERS } from '@parley/agent/call/choose-providers';
import { type ProviderAccess, readProviderAccess } from '@parley/agent/config/provider-variables';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { Provider } from '@parley/agent/runtime/provider';
import { pino } from 'pino';
import { describe, test } from 'vitest';
import { osEnvironment } from '../../settings/os-environment.ts';
import { whyNotLive } from './why-not-live.ts';

/** Set by `npm run test:live` alone: a run of vitest in a shell that holds keys must cost nothing. */
const environment = osEnvironment();
const access: ProviderAccess =
  environment.PARLEY_TEST_LIVE === '1' ? readProviderAccess(environment) : { keys: {}, baseUrls: {} };

/** One way of asking a vendor. */
interface Asked<Stage> {
  /** `provider/model`. */
  readonly name: string;
  create(): Stage;
}

/**
 * Hands every provider that this machine has a key or an address for to a suite, with its default model and with the models
 * named, which are asked over another wire. One that is not asked is a skipped test that says why.
 */
export function describeLive<Stage>(
  stage: keyof typeof PROVIDERS,
  options: {
    readonly providers: readonly Provider<Stage>[];
    /** Further models, by provider. */
    readonly furtherModels?: Readonly<Record<string, readonly string[]>>;
    readonly suite: (asked: Asked<Stage>) => void;
  },
): void {
  const { providers, furtherModels = {}, suite } = options;
  for (const provider of providers) {
    const { name, key, baseUrl } = provider;
    const reason = whyNotLive(provider, access);
    if (reason !== null) {
      describe(`${stage} of ${name}`, () => test.skip(`skipped: ${reason}`));
      continue;
    }
    const given = {
      settings: {},
      apiKey: key === null ? '' : (access.keys[key] ?? ''),
      baseUrl: (baseUrl === null ? '' : (access.baseUrls[baseUrl.variable] ?? baseUrl.usual)).replace(
        /\/+$/,
        '',
      ),
      clock: createMonotonicClock(),
      log: pino({ level: 'silent' }),
    };
    for (const model of [provider.models[0]?.name ?? '', ...(furtherModels[name] ?? [])])
      suite({ name: idOf({ provider: name, model }), create: () => provider.create({ ...given, model }) });
  }
}
