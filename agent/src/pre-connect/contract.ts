import type { KeptSound } from '../audio/kept-sound.ts';

/** Rate of the sound that comes out of a buffer, in Hz: what a VAD and a recogniser hear. */
export const PRE_CONNECT_RATE_HZ = 16_000;

/** Longest sound taken from before the agent came, in ms. LiveKit's clients record for 10 s, ours for 20 s. */
export const LONGEST_PRE_CONNECT_MS = 60_000;

/**
 * `not_audio`: a MIME type that we do not take; `unsupported_codec`: sound that we cannot decode, as AAC; `broken`: not
 * what it says it is, or cut off before any sound; `too_long`: more than LONGEST_PRE_CONNECT_MS; `timeout`: it could not
 * be decoded in time.
 */
export type PreConnectErrorCode = 'not_audio' | 'unsupported_codec' | 'broken' | 'too_long' | 'timeout';

/** A page's buffer that cannot be heard. The message says what it should have been. */
export class PreConnectError extends Error {
  override readonly name = 'PreConnectError';
  readonly code: PreConnectErrorCode;
  constructor(code: PreConnectErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Makes 16 kHz mono of a page's buffer. Throws PreConnectError, or the signal's reason. */
export type DecodeKeptSound = (
  sound: KeptSound,
  options: { readonly signal: AbortSignal },
) => Promise<Int16Array>;
