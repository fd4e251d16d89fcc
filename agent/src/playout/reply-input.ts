import { createResampler, type Resampler } from '../audio/resampler.ts';
import type { ReplySound } from './reply-sound.ts';

/** Brings a reply's sound to the track's sample rate, segment by segment. Each returns false for an ended segment. */
export interface ReplyInput {
  append(segmentId: string, samples: Int16Array, sampleRateHz: number): boolean;
  endSegment(segmentId: string): boolean;
  finish(): void;
}

export function openReplyInput(sound: ReplySound, trackRateHz: number): ReplyInput {
  /** The segment that is being resampled. */
  let current: { segmentId: string; fromHz: number; resampler: Resampler } | null = null;
  const flush = () => {
    if (current !== null) sound.append(current.segmentId, current.resampler.flush());
    current = null;
  };
  return {
    append(segmentId, samples, fromHz) {
      if (current?.segmentId !== segmentId || current.fromHz !== fromHz) flush();
      if (fromHz === trackRateHz) return sound.append(segmentId, samples);
      current ??= { segmentId, fromHz, resampler: createResampler({ fromHz, toHz: trackRateHz }) };
      return sound.append(segmentId, current.resampler.push(samples));
    },
    endSegment(segmentId) {
      if (current?.segmentId === segmentId) flush();
      return sound.endSegment(segmentId);
    },
    finish() {
      flush();
      sound.finish();
    },
  };
}
