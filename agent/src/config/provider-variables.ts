import { z } from 'zod';
import { httpUrl } from './values.ts';

/** Vendors by the prefix of their usual environment names. */
const VENDORS = {
  DEEPGRAM: 'Deepgram',
  OPENAI: 'OpenAI',
  CARTESIA: 'Cartesia',
  ELEVENLABS: 'ElevenLabs',
  SARVAM: 'Sarvam',
  GOOGLE: 'Google Gemini',
  XAI: 'xAI',
} as const;
type Vendor = keyof typeof VENDORS;

/** Stands in place of a key where the vendor is simulated. */
export const SIMULATED_KEY = 'simulated-vendor';

const keyOf = (title: string) =>
  z
    .string()
    .optional()
    .meta({ description: `Key of ${title}. Unset: agents cannot use it.`, secret: true });
const localUrl = (what: string, example: string) =>
  httpUrl.optional().meta({
    description: `Where ${what} is reached that speaks OpenAI's wire, such as ${example}. Unset: agents use it only where they name an address.`,
  });
const baseUrlOf = (title: string) =>
  httpUrl
    .optional()
    .meta({ description: `Where ${title} is reached, http:// or https://. Default: its own address.` });

/** Keys and addresses of the providers, as variables of the agent's processes. */
export const providerVariables = {
  ...(Object.fromEntries(
    Object.entries(VENDORS).map(([vendor, title]) => [`${vendor}_API_KEY`, keyOf(title)]),
  ) as Record<`${Vendor}_API_KEY`, ReturnType<typeof keyOf>>),
  ...(Object.fromEntries(
    Object.entries(VENDORS).map(([vendor, title]) => [`${vendor}_BASE_URL`, baseUrlOf(title)]),
  ) as Record<`${Vendor}_BASE_URL`, ReturnType<typeof baseUrlOf>>),
  OLLAMA_BASE_URL: httpUrl.optional().meta({
    description:
      'Where an Ollama server is reached, such as http://127.0.0.1:11434/v1. Unset: agents use it only where they name an address.',
  }),
  LOCAL_STT_BASE_URL: localUrl('a server of speech recognition', 'http://127.0.0.1:8000/v1'),
  LOCAL_LLM_BASE_URL: localUrl('a server of language models', 'http://127.0.0.1:8080/v1'),
  LOCAL_TTS_BASE_URL: localUrl('a server of voices', 'http://127.0.0.1:8880/v1'),
};

/** What the environment says of the providers. */
export interface ProviderAccess {
  /** By variable: keys, and the secrets `PARLEY_SECRET_…` that an agent file may name instead. Never logged. */
  readonly keys: Readonly<Record<string, string>>;
  /** By variable. */
  readonly baseUrls: Readonly<Record<string, string>>;
}

/** The same for a program that reads nothing else. Throws a ZodError for an address that is none. */
export function readProviderAccess(
  environment: Readonly<Record<string, string | undefined>>,
): ProviderAccess {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  return providerAccess(z.object(providerVariables).parse(given), given);
}

/** Reads keys and addresses out of the values of an environment, and its secrets, which no schema can name. */
export function providerAccess(
  values: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): ProviderAccess {
  const named = (end: string) =>
    Object.entries(values).filter(
      (entry): entry is [string, string] =>
        entry[0].endsWith(end) && entry[0] in providerVariables && typeof entry[1] === 'string',
    );
  const secrets = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[0].startsWith('PARLEY_SECRET_') && Boolean(entry[1]?.trim()),
  );
  return {
    keys: Object.fromEntries([...named('_API_KEY'), ...secrets]),
    baseUrls: Object.fromEntries(named('_BASE_URL')),
  };
}
