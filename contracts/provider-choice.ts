import { z } from 'zod';

/** Who fulfils a stage, and how. Whether it is known and has its key is found by the worker that would use it. */
export const providerChoiceSchema = z.strictObject({
  /** Name of the provider, for example `openai`. */
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower case letters, digits and -'),
  /** A model of the provider. Its default where absent. */
  model: z.string().min(1).max(100).optional(),
  /** A voice of the speech provider, by name or id; for other stages nothing. The agent's `voice` where absent. */
  voice: z.string().min(1).max(100).optional(),
  /** Where the provider is reached, in place of its own address or that of the environment. */
  baseUrl: z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' }).optional(),
  /** Environment variable that holds the key, in place of the provider's own. */
  key: z
    .string()
    .regex(/^PARLEY_SECRET_[A-Z0-9_]{1,64}$/, 'must be the name of a variable PARLEY_SECRET_…')
    .optional(),
  /** What the provider offers beside that; docs/reference/providers.md lists it. */
  settings: z.record(z.string(), z.unknown()).default({}),
});
export type ProviderChoice = z.infer<typeof providerChoiceSchema>;

/** `HH:MM` in 24 hours. */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:30');
const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as en or es-MX');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** When a call changes providers by itself. All that `when` says must hold; the first rule that holds is taken. */
export const switchRuleSchema = z.strictObject({
  /** What must hold: at least one of these. */
  when: z
    .strictObject({
      /** The caller speaks this language, by what the recogniser tells of two turns in a row. */
      languageHeard: languageTag.optional(),
      /** The caller says one of these. */
      said: z.array(z.string().min(1).max(60)).min(1).max(20).optional(),
      /** The call begins within these hours; past midnight where `to` is earlier than `from`. */
      startsBetween: z
        .strictObject({
          /** First minute, `HH:MM`. */
          from: timeOfDay,
          /** The minute at which it is over, `HH:MM`. */
          to: timeOfDay,
          /** IANA name of the place whose clock counts, such as `Europe/Paris`. */
          timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Paris').default('UTC'),
        })
        .optional(),
    })
    .refine((when) => Object.keys(when).length > 0, 'must name at least one condition'),
  /** The language of the call from then on. As it was where absent. */
  language: languageTag.optional(),
  /** Who recognises from then on: a provider named in `stt` or `switching.stt`. As it was where absent. */
  stt: z.string().min(1).max(32).optional(),
  /** Who answers from then on: a provider named in `llm` or `switching.llm`. As it was where absent. */
  llm: z.string().min(1).max(32).optional(),
  /** Who speaks from then on: a provider named in `tts` or `switching.tts`. As it was where absent. */
  tts: z.string().min(1).max(32).optional(),
});
export type SwitchRule = z.infer<typeof switchRuleSchema>;

/** Who fulfils the stages of a running call from here on; what is absent stays. */
export const providersWishSchema = z.strictObject({
  /** As `provider` or `provider/model`. */
  stt: z.string().min(1).max(150).optional(),
  llm: z.string().min(1).max(150).optional(),
  tts: z.string().min(1).max(150).optional(),
  /** BCP 47 tag that is heard, answered and spoken. */
  language: languageTag.optional(),
});

export type ProvidersWish = z.infer<typeof providersWishSchema>;

/** Who else may fulfil a stage in a call, and when. */
export const switchingSchema = z.strictObject({
  /** Who recognises where `stt` fails, in order, each from the last seconds on; at most 4. Default none. */
  stt: z.array(providerChoiceSchema).max(4).default([]),
  /** Who answers where `llm` fails before anything was heard, in order; at most 4. Default none. */
  llm: z.array(providerChoiceSchema).max(4).default([]),
  /** Who speaks where `tts` fails, in order; at most 4. Default none. */
  tts: z.array(providerChoiceSchema).max(4).default([]),
  /**
   * A model that has given nothing by then has the next of `switching.llm` beside it, and who is first answers. In ms, null:
   * never. Range 200 to 10,000, default 1,200. Source: past the median of fast hosted models (0.55 s) and before their 95th
   * percentile (1.8 s).
   */
  hedgeAfterMs: z.number().int().min(200).max(10_000).nullable().default(1_200),
  /** When the call changes providers by itself; at most 20. Default none. */
  rules: z.array(switchRuleSchema).max(20).default([]),
});
