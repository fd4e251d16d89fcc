import { z } from 'zod';

/** One step of what happens while nobody says anything. */
const idleStepSchema = z.strictObject({
  /**
   * Silence before this step, in ms: counted from the caller's last word or the end of the agent's last reply, whichever
   * is later. What an earlier step says pauses the count and does not restart it. Range 1,000 to 3,600,000. Source: the
   * longest call (1 h).
   */
  afterMs: z.number().int().min(1_000).max(3_600_000),
  /** Spoken as it stands. The line of the agent's language where absent. */
  say: z.string().min(1).max(300).optional(),
  /** The call ends once that was heard. Default false. */
  end: z.boolean().default(false),
});
export type IdleStep = z.infer<typeof idleStepSchema>;

/** Default: at 25 s the agent asks whether the caller is still there, at 50 s it says goodbye and hangs up. */
const IDLE_STEPS = [{ afterMs: 25_000 }, { afterMs: 50_000, end: true }];

/** How the call as a whole behaves, beside the taking of turns. */
export const pipelineSettingsSchema = z.strictObject({
  /**
   * Steps of a caller's silence, earliest first; none: the agent waits for ever. At most 10. Source: asks later than peers
   * do (7.5 to 15 s).
   */
  idle: z
    .array(idleStepSchema)
    .max(10)
    .prefault(IDLE_STEPS)
    .refine(
      (steps) => steps.every(({ afterMs }, index) => afterMs > (steps[index - 1]?.afterMs ?? 0)),
      'must be in order: each step later than the one before it',
    ),
  /** The agent takes the floor from a caller who speaks longer than this. Off by default, as with peers. */
  userTurnLimit: z
    .strictObject({
      /** Words of one turn; null: no limit. Range 10 to 10,000. Source: off by default, as with LiveKit Agents. */
      words: z.number().int().min(10).max(10_000).nullable().default(null),
      /**
       * Time from the turn's first speech, in ms; null: no limit. Range 5,000 to 3,600,000. Source: off by default, as with
       * LiveKit Agents; the longest call (1 h).
       */
      ms: z.number().int().min(5_000).max(3_600_000).nullable().default(null),
    })
    .prefault({}),
  /**
   * What a call may cost, in US dollars, by the price table of the agent; null: as much as it does. At the ceiling the
   * agent says so after its reply and ends the call. A model without a price counts as nothing. Range 0.001 to 1,000.
   * Source: a few turns of a small model; off by default, as with peers.
   */
  maxCostUsd: z.number().min(0.001).max(1_000).nullable().default(null),
  /** Answers begun while the caller pauses, thrown away where the turn goes on. They cost tokens, and save the wait. */
  speculation: z
    .strictObject({
      /** Whether answers are begun on a guess. Default true. */
      enabled: z.boolean().default(true),
      /** Answers begun in one turn. Range 1 to 10, default 3. Source: the limit of LiveKit Agents. */
      maxPerTurn: z.number().int().min(1).max(10).default(3),
      /** Answers begun in one call. Range 0 to 10,000, default 300. Source: one each 12 s of the longest call (1 h). */
      maxPerCall: z.number().int().min(0).max(10_000).default(300),
    })
    .prefault({}),
});
export type PipelineSettings = z.infer<typeof pipelineSettingsSchema>;
