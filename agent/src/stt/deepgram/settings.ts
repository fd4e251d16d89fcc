import { z } from 'zod';

/** What an agent file may say of Deepgram's recognition under `settings`. */
export const deepgramSttSettings = z.strictObject({
  /** Language in place of the agent's: `multi` lets a Nova-3 model hear several. Default: the agent's. */
  language: z.string().min(2).max(16).optional(),
  /** Names and terms to listen for, at most 100. Default none. Source: threads on refused requests, for their length. */
  keyterms: z.array(z.string().min(1).max(100)).max(100).default([]),
  /** Punctuation and capitals. Nova alone: Flux always has them. Default true. */
  punctuate: z.boolean().default(true),
  /** Dates, amounts and the like as people write them; a final may wait for the end of a number. Nova. Default false. */
  smartFormat: z.boolean().default(false),
  /** Numbers as digits. Nova and Flux. Default false. */
  numerals: z.boolean().default(false),
  /** Swear words as asterisks. Default false. */
  profanityFilter: z.boolean().default(false),
  /**
   * Silence after which Nova finishes its words without being asked, in ms. Range 10 to 5,000, default 25: words are
   * final early, and the agent alone decides on turns. Source: what other voice agents use.
   */
  endpointingMs: z.number().int().min(10).max(5_000).default(25),
  /** How sure Flux must be that a turn is over. Range 0.5 to 0.9, default 0.7, the vendor's. */
  eotThreshold: z.number().min(0.5).max(0.9).default(0.7),
  /** Silence after which Flux ends a turn, sure or not, in ms. Range 500 to 10,000, default 5,000, the vendor's. */
  eotTimeoutMs: z.number().int().min(500).max(10_000).default(5_000),
  /** Keeps the calls out of the vendor's training, at another price. Default false. */
  mipOptOut: z.boolean().default(false),
});
export type DeepgramSttSettings = z.infer<typeof deepgramSttSettings>;
