import { z } from 'zod';

/** A client that is further away than this, in ms, is not in a conversation; its figure is not believed. */
const LONGEST_MS = 5_000;

const delayMsSchema = z.number().min(0).max(LONGEST_MS);

/**
 * How long sound takes between the SFU and a person, by what the person's client knows: its answer to `RPC.ear`. A
 * client that cannot yet tell all of it, as before the agent's first sound, fails the call instead.
 */
export const earReportSchema = z.object({
  /** There and back between the client and the SFU. */
  roundTripMs: delayMsSchema,
  /** The agent's sound in the client's jitter buffer, from a packet's arrival until it is taken out to be played. */
  jitterBufferMs: delayMsSchema,
  /** From there to the ear: the client's mixer and its output device. */
  outputMs: delayMsSchema,
  /** From the mouth to the client's encoder: input device and what the client makes of its sound. */
  captureMs: delayMsSchema,
});
export type EarReport = z.infer<typeof earReportSchema>;
