import { levelDb } from '../audio/frame.ts';
import { PRE_CONNECT_RATE_HZ } from './contract.ts';
import { COMPARED_MS, findLiveStart } from './live-start.ts';

/** Overlap taken from the times of arrival at most, in ms: what Parley's own page records too much, and a little. */
const LONGEST_GUESS_MS = 1_000;
/** Level of sound that may be speech, in dB of full scale. */
const LOUD_DB = -50;

export interface KeptBeforeLive {
  readonly samples: Int16Array;
  readonly overlapMs: number;
  readonly by: 'likeness' | 'arrival' | 'silence';
  readonly likeness: number;
}

/**
 * The kept sound up to the first live sample. Where the two are not alike, `arrivedOverlapMs` counts if both are loud, as
 * after a bad link; else nothing is cut, since silence may be doubled and speech may not be lost.
 */
export function keptBeforeLive(
  kept: Int16Array,
  live: Int16Array,
  { arrivedOverlapMs }: { readonly arrivedOverlapMs: number },
): KeptBeforeLive {
  const start = findLiveStart(kept, live);
  const { likeness } = start;
  const cut = (overlap: number, by: KeptBeforeLive['by']): KeptBeforeLive => {
    const samples = kept.subarray(0, Math.max(0, kept.length - overlap));
    const overlapMs = Math.round(((kept.length - samples.length) * 1000) / PRE_CONNECT_RATE_HZ);
    return { samples, overlapMs, by, likeness };
  };
  if (start.kind === 'found') return cut(kept.length - start.keptSamples, 'likeness');
  const looked = (COMPARED_MS * PRE_CONNECT_RATE_HZ) / 1000;
  const ends = [kept.subarray(-looked), live.subarray(0, looked)];
  if (!ends.every((end) => levelDb(end) > LOUD_DB)) return cut(0, 'silence');
  const guessMs = Math.min(LONGEST_GUESS_MS, Math.max(0, arrivedOverlapMs));
  return cut(Math.round((guessMs * PRE_CONNECT_RATE_HZ) / 1000), 'arrival');
}
