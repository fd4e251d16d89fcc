import { z } from 'zod';

/** What an agent file may say of Deepgram's voices under `settings`. */
export const deepgramTtsSettings = z.strictObject({
  /** How fast it speaks: 1 is as the voice was made. Range 0.7 to 1.5, default 1. */
  speed: z.number().min(0.7).max(1.5).default(1),
  /** Rate of the sound, in Hz. Default 24,000, the vendor's. */
  sampleRateHz: z
    .union([z.literal(8_000), z.literal(16_000), z.literal(24_000), z.literal(32_000), z.literal(48_000)])
    .default(24_000),
  /** Keeps the calls out of the vendor's training, at another price. Default false. */
  mipOptOut: z.boolean().default(false),
});
