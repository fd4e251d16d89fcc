import { z } from 'zod';

/** What is used of the vendor's messages. Times are in seconds from the start of the stream. */

const seconds = z.number().min(-1);

/** Source: listen/resources/v1/types/ListenV1Results.d.ts of the SDK. */
export const resultsSchema = z.object({
  start: seconds,
  duration: seconds,
  is_final: z.boolean().default(false),
  speech_final: z.boolean().default(false),
  from_finalize: z.boolean().default(false),
  channel: z.object({
    alternatives: z.array(
      z.object({
        transcript: z.string(),
        languages: z.array(z.string()).optional(),
        words: z.array(
          z.object({
            word: z.string(),
            punctuated_word: z.string().optional(),
            start: seconds,
            end: seconds,
          }),
        ),
      }),
    ),
  }),
});
export type Results = z.infer<typeof resultsSchema>;

/** Source: listen/resources/v2/types/ListenV2TurnInfo.d.ts of the SDK. */
export const turnInfoSchema = z.object({
  /** `Update`, `StartOfTurn`, `EagerEndOfTurn`, `TurnResumed`, `EndOfTurn`, and what may come later. */
  event: z.string(),
  turn_index: z.number(),
  audio_window_end: seconds,
  transcript: z.string(),
  words: z.array(z.object({ word: z.string(), start: seconds.optional(), end: seconds.optional() })),
  languages: z.array(z.string()).optional(),
});
export type TurnInfo = z.infer<typeof turnInfoSchema>;
