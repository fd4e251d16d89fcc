import { z } from 'zod';
import { scriptSchema } from './script.ts';

/** When speech counts as speech. */
export const vadParamsSchema = z.strictObject({
  /** Speech probability above which a frame is speech. Range 0.05 to 0.95, default 0.5. Source: Silero's own default. */
  threshold: z.number().min(0.05).max(0.95).default(0.5),
  /** Sound kept from before speech was noticed, in ms. Range 0 to 1000, default 300. */
  prefixPaddingMs: z.number().int().min(0).max(1000).default(300),
  /** Silence after speech before a turn may end, in ms. Range 100 to 3000, default 500. */
  silenceDurationMs: z.number().int().min(100).max(3000).default(500),
});
export type VadParams = z.infer<typeof vadParamsSchema>;

export const turnSettingsSchema = z.strictObject({
  /** Turns start and end by voice activity. `false`: by the speech recogniser's own events. Default true. */
  vad: z.boolean().default(true),
  /** `false`: half-duplex, what is said over the agent is not a turn. Default true. */
  allowInterruptions: z.boolean().default(true),
  vadParams: vadParamsSchema.prefault({}),
  /** Words that interrupt the agent while it speaks; one is enough while it is silent. Range 1 to 20, default 3. */
  minWords: z.number().int().min(1).max(20).default(3),
  /**
   * When the caller is muted: no turn starts and no reply stops, and what is said is heard all the same.
   * `untilFirstAgentUtterance`: the greeting is heard out, and words said meanwhile are answered after it. Default: that.
   */
  muteStrategies: z.array(z.enum(['untilFirstAgentUtterance'])).default(['untilFirstAgentUtterance']),
});
export type TurnSettings = z.infer<typeof turnSettingsSchema>;

/** One agent as a developer writes it. */
export const agentDefinitionSchema = z.strictObject({
  /** Name in URLs and dispatches. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower case letters, digits and -'),
  /** Name that people see. */
  title: z.string().min(1).max(80),
  /** BCP 47 tag. The embedded providers speak English. */
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .default('en'),
  /** A voice of the speech provider in use, for example `slt`. The provider's default where absent. */
  voice: z.string().min(1).max(100).optional(),
  /** Spoken first, without the language model. */
  greeting: z.string().min(1).max(500),
  /** Spoken after the agent's process was lost in mid-call and another took over. */
  resumeLine: z.string().min(1).max(300),
  /** Spoken when an answer could not be made. */
  apology: z.string().min(1).max(300),
  turn: turnSettingsSchema.prefault({}),
  script: scriptSchema,
});
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>;
