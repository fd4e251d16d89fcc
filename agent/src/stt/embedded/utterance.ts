import type { HeardFrame } from '../contract.ts';

/** Rate of the sound that is recognised, in Hz. Source: the acoustic model's. */
export const SAMPLE_RATE_HZ = 16_000;

/** Most sound kept of one utterance, in ms, unless told. Source: the bound of the stage's contract. */
const LONGEST_MS = 10_000;

/** One ear's sound since the last final: nothing but a little of what came before, until somebody speaks. */
export interface Utterance {
  /** Whether this frame is the first of silence after speech. */
  push(frame: HeardFrame): boolean;
  /** Frames of speech so far; 0 where nobody has spoken since the last final. */
  readonly speechFrames: number;
  readonly speechMs: number;
  /** All of it, from before the first speech to the last frame. */
  samples(): Int16Array;
  /** Sound that was too old to keep, in ms. */
  readonly droppedMs: number;
  /** Begins the next utterance. */
  clear(): void;
}

export function createUtterance(options: {
  readonly prefixPaddingMs: number;
  /** Most sound kept, in ms; what is older is dropped. Default 10,000. */
  readonly longestMs?: number;
}): Utterance {
  const longestPrefixSamples = (options.prefixPaddingMs * SAMPLE_RATE_HZ) / 1000;
  const longestSamples = ((options.longestMs ?? LONGEST_MS) * SAMPLE_RATE_HZ) / 1000;
  let frames: Int16Array[] = [];
  let sampleCount = 0;
  let speechFrames = 0;
  let speechSamples = 0;
  let droppedSamples = 0;
  let wasSpeech = false;

  /** Drops whole frames from the start until at most `longest` samples are left. Returns how many it dropped. */
  const shorten = (longest: number): number => {
    let dropped = 0;
    let count = 0;
    while (sampleCount - dropped > longest) dropped += frames[count++]?.length ?? longest;
    if (count > 0) frames = frames.slice(count);
    sampleCount -= dropped;
    return dropped;
  };

  return {
    push({ samples, isSpeech }) {
      frames.push(samples);
      sampleCount += samples.length;
      if (isSpeech) {
        speechFrames += 1;
        speechSamples += samples.length;
      }
      if (speechFrames > 0) droppedSamples += shorten(longestSamples);
      else shorten(longestPrefixSamples);
      const hasPaused = wasSpeech && !isSpeech && speechFrames > 0;
      wasSpeech = isSpeech;
      return hasPaused;
    },
    get speechFrames() {
      return speechFrames;
    },
    get speechMs() {
      return (speechSamples * 1000) / SAMPLE_RATE_HZ;
    },
    get droppedMs() {
      return (droppedSamples * 1000) / SAMPLE_RATE_HZ;
    },
    samples() {
      const all = new Int16Array(sampleCount);
      let at = 0;
      for (const frame of frames) {
        all.set(frame, at);
        at += frame.length;
      }
      return all;
    },
    clear() {
      frames = [];
      sampleCount = 0;
      speechFrames = 0;
      speechSamples = 0;
      droppedSamples = 0;
    },
  };
}
