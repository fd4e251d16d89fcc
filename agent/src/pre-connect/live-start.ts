import { resample } from '../audio/resampler.ts';
import { PRE_CONNECT_RATE_HZ } from './contract.ts';

/** Longest overlap that is looked for, in ms: a page goes on recording until it knows that it is heard. */
export const LONGEST_OVERLAP_MS = 3_000;

/** Rate of the comparison, in Hz: the voice's pitch and first formant are below half of it. */
const RATE_HZ = 2_000;
/** Live sound that is compared, in ms, in pieces: a jitter buffer leaves out or repeats a pitch period between them. */
export const COMPARED_MS = 600;
const PIECE_MS = 100;
/** Likeness from which two pieces are the same, 0 to 1. Other speech comes this close in one piece of three at most. */
const LEAST_LIKENESS = 0.7;
/** A single piece must be more alike: a vowel is like itself one period later. */
const LEAST_LIKENESS_OF_ONE = 0.93;
/** So many of the pieces that overlap must be alike. */
const LEAST_SHARE = 0.5;
/** Quieter than this, as the root mean square of 16-bit samples, is background: -56 dB. */
const LEAST_RMS = 50;

export type LiveStart =
  | { readonly kind: 'found'; readonly keptSamples: number; readonly likeness: number }
  /** The overlap is silent, or there is none. */
  | { readonly kind: 'unsure'; readonly likeness: number };

/**
 * Finds the place in the kept sound at which the live one begins, by the likeness of the two. Both are of 16 kHz;
 * takes about 10 ms.
 */
export function findLiveStart(kept: Int16Array, live: Int16Array): LiveStart {
  const tail = lowRate(kept.subarray(-samplesOf(LONGEST_OVERLAP_MS, PRE_CONNECT_RATE_HZ)));
  const head = lowRate(live.subarray(0, samplesOf(COMPARED_MS, PRE_CONNECT_RATE_HZ)));
  let best = { at: 0, likeness: 0, weight: 0 };
  let nearest = 0;
  for (let at = 0; at + PIECE <= tail.length; at++) {
    const match = matchAt(tail, head, at);
    nearest = Math.max(nearest, match.likeness);
    if (match.isSame && match.weight > best.weight) best = { at, ...match };
  }
  if (best.weight === 0) return { kind: 'unsure', likeness: nearest };
  const behindEnd = Math.round(((tail.length - best.at) * PRE_CONNECT_RATE_HZ) / RATE_HZ);
  return { kind: 'found', keptSamples: Math.max(0, kept.length - behindEnd), likeness: best.likeness };
}

const PIECE = samplesOf(PIECE_MS, RATE_HZ);

/** Compares what of `head` overlaps `tail` from `at` on. `likeness`: the mean of the pieces that are alike. */
function matchAt(tail: Float32Array, head: Float32Array, at: number) {
  let [pieces, alike, weight] = [0, 0, 0];
  for (let from = 0; from + PIECE <= head.length && at + from + PIECE <= tail.length; from += PIECE) {
    const likeness = likenessOfPiece(tail, at + from, head, from);
    if (likeness === null) continue;
    pieces += 1;
    if (likeness < LEAST_LIKENESS) continue;
    alike += 1;
    weight += likeness;
  }
  const likeness = alike === 0 ? 0 : weight / alike;
  const isEnough = alike >= LEAST_SHARE * pieces && (alike > 1 || likeness >= LEAST_LIKENESS_OF_ONE);
  return { likeness, weight, isSame: alike > 0 && isEnough };
}

/** Normalised cross-correlation; null where both are silent, and nothing is to be seen. */
function likenessOfPiece(a: Float32Array, fromA: number, b: Float32Array, fromB: number): number | null {
  let [both, ofA, ofB] = [0, 0, 0];
  for (let index = 0; index < PIECE; index++) {
    const x = a[fromA + index] ?? 0;
    const y = b[fromB + index] ?? 0;
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  const silent = LEAST_RMS * LEAST_RMS * PIECE;
  if (ofA < silent && ofB < silent) return null;
  return ofA < silent || ofB < silent ? 0 : both / Math.sqrt(ofA * ofB);
}

function lowRate(samples: Int16Array): Float32Array {
  return Float32Array.from(resample(samples, { fromHz: PRE_CONNECT_RATE_HZ, toHz: RATE_HZ }));
}

function samplesOf(ms: number, rateHz: number): number {
  return (ms * rateHz) / 1000;
}
