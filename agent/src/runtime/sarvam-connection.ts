import { z } from 'zod';
import { ProviderError, type ProviderErrorCode } from './provider-error.ts';

/** What Sarvam's ears and voices share. */
export const SARVAM = {
  name: 'sarvam',
  title: 'Sarvam',
  key: 'SARVAM_API_KEY',
  baseUrl: { variable: 'SARVAM_BASE_URL', usual: 'https://api.sarvam.ai' },
} as const;

export const sarvamHeaders = (apiKey: string) => ({ 'api-subscription-key': apiKey });

/** Errors differ in the names of their fields by endpoint. Source: sarvamai 1.1.10 api/types/ErrorData, ErrorResponse. */
export const sarvamErrorSchema = z.object({
  error: z.string().nullish(),
  message: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
});

export function sarvamFault(
  code: ProviderErrorCode,
  text: string,
  retryable: boolean,
  cause?: unknown,
): ProviderError {
  return new ProviderError(code, `sarvam: ${text}`, { provider: SARVAM.name, retryable, cause });
}

/** The error that a message tells. `secrets` are cut out of its words. */
export function sarvamError(
  told: z.infer<typeof sarvamErrorSchema>,
  secrets: readonly string[],
): ProviderError {
  const words = secrets
    .filter((secret) => secret !== '')
    .reduce(
      (text, secret) => text.replaceAll(secret, '…'),
      told.message ?? told.error ?? 'an error without words',
    );
  const { code, retryable } = verdictOn(`${told.code ?? ''} ${words}`);
  return sarvamFault(code, words, retryable);
}

/** The error that a close means; `isIdle` where it closes so what nobody speaks on. Source: sarvamai 1.1.10, its issues. */
export function sarvamClose(code: number, reason: string): { error: ProviderError; isIdle: boolean } {
  const words = reason || `the connection closed with ${code}`;
  switch (code) {
    case 4003:
      return { error: sarvamFault('auth', words, false), isIdle: false };
    case 4000:
      return { error: sarvamFault('bad_request', words, false), isIdle: false };
    case 1003:
      return { error: sarvamError({ message: words, code: 'rate_limit_exceeded_error' }, []), isIdle: false };
    case 1008:
      return { error: sarvamFault('timeout', words, true), isIdle: true };
    default:
      return { error: sarvamFault('unavailable', words, true), isIdle: true };
  }
}

/** Throws ProviderError `protocol` for what is no JSON of that shape. */
export function readSarvam<Message>(text: string, schema: z.ZodType<Message>): Message {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw sarvamFault('protocol', 'a message cannot be read', true, error);
  }
}

/** The vendor's tag for a BCP 47 tag: `hi` and `hi-Deva-IN` are `hi-IN`, Odia is `od-IN`. Null where it is not among `known`. */
export function sarvamLanguage(tag: string, known: readonly string[]): string | null {
  const primary = (tag.split('-')[0] ?? '').toLowerCase();
  const language = `${primary === 'or' ? 'od' : primary}-IN`;
  return known.includes(language) ? language : null;
}

/** The BCP 47 tag of a language that the vendor tells; undefined where it found none out. */
export function languageOfSarvam(language: string | null | undefined): string | undefined {
  if (language == null || language === 'unknown') return undefined;
  return language.replace(/^od-/, 'or-');
}

function verdictOn(kind: string): { code: ProviderErrorCode; retryable: boolean } {
  if (/insufficient_quota|credits/.test(kind)) return { code: 'rate_limit', retryable: false };
  if (/rate_limit|\b429\b/.test(kind)) return { code: 'rate_limit', retryable: true };
  if (/invalid_api_key|\b40[13]\b/.test(kind)) return { code: 'auth', retryable: false };
  if (/invalid_request|unprocessable|\b4(00|04|13|22)\b/.test(kind))
    return { code: 'bad_request', retryable: false };
  return { code: 'unavailable', retryable: true };
}
