import type { AudioFrame } from '../audio/frame.ts';

export function frameMs({ samples, sampleRateHz }: AudioFrame): number {
  return (samples.length * 1000) / sampleRateHz;
}

/** The last frames that are no longer together than `longestMs`. */
export function recentFrames<Frame extends AudioFrame>(
  frames: readonly Frame[],
  longestMs: number,
): readonly Frame[] {
  let ms = frames.reduce((sum, frame) => sum + frameMs(frame), 0);
  const from = frames.findIndex((frame) => {
    if (ms <= longestMs) return true;
    ms -= frameMs(frame);
    return false;
  });
  return from < 0 ? [] : frames.slice(from);
}
