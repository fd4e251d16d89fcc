import { RECORDING_RATE_HZ } from '@parley/recordings/wav-file';
import { createResampler, type Resampler } from '../audio/resampler.ts';
import { createPlacedSound } from './placed-sound.ts';

/** A block whose place is less than this behind the end of the one before it follows it, in ms: the track sends in steps of 10. */
const FOLLOWS_MS = 20;

/**
 * The agent's sound on the recording's time, as it leaves: what is taken back from the track is taken back here. Places
 * are samples of the recording.
 */
export interface AgentLine {
  /** Takes sound at the track's rate; its first sample leaves at the place `leavesAt`, which may be ahead of now. */
  give(samples: Int16Array, leavesAt: number): void;
  /** The last `ms` that were given do not leave. */
  takeBack(ms: number): void;
  /** What leaves before the place `until` is past: it is taken back no more. */
  settle(until: number): void;
  /** Adds what left in [from, from + mix.length) to `mix`. Of the settled part, all but its last 50 ms can be had. */
  mixInto(mix: Int32Array, from: number): void;
}

export function createAgentLine(trackRateHz: number): AgentLine {
  const perSample = trackRateHz / RECORDING_RATE_HZ;
  const followsSamples = (FOLLOWS_MS * trackRateHz) / 1000;
  const placed = createPlacedSound();
  /** Not settled yet; places and counts here are samples of the track's rate. */
  let given: { readonly from: number; readonly samples: Int16Array }[] = [];
  let end = 0;
  /** The sound that is being brought to the recording's rate: where it ends, and where its next output belongs. */
  let current: { end: number; outAt: number; readonly resampler: Resampler } | null = null;

  const finishCurrent = () => {
    if (current === null) return;
    placed.add(current.outAt, current.resampler.flush());
    current = null;
  };
  const convert = (from: number, samples: Int16Array) => {
    if (current?.end !== from) finishCurrent();
    current ??= {
      end: from,
      outAt: Math.round(from / perSample),
      resampler: createResampler({ fromHz: trackRateHz, toHz: RECORDING_RATE_HZ }),
    };
    const converted = current.resampler.push(samples);
    placed.add(current.outAt, converted);
    current.outAt += converted.length;
    current.end += samples.length;
  };

  return {
    give(samples, leavesAt) {
      const leaves = Math.round(leavesAt * perSample);
      const from = leaves > end + followsSamples ? leaves : end;
      given.push({ from, samples });
      end = from + samples.length;
    },
    takeBack(ms) {
      let left = Math.round((ms * trackRateHz) / 1000);
      for (let last = given.pop(); last !== undefined; last = given.pop()) {
        const kept = Math.max(0, last.samples.length - left);
        left -= last.samples.length - kept;
        end = last.from + kept;
        if (kept > 0) given.push({ ...last, samples: last.samples.subarray(0, kept) });
        if (left === 0) return;
      }
    },
    settle(until) {
      const past = Math.floor(until * perSample);
      const rest: typeof given = [];
      for (const { from, samples } of given) {
        const count = Math.max(0, Math.min(samples.length, past - from));
        if (count > 0) convert(from, samples.subarray(0, count));
        if (count < samples.length) rest.push({ from: from + count, samples: samples.subarray(count) });
      }
      given = rest;
      // Whatever comes now leaves later and does not follow.
      if (given.length === 0 && end + followsSamples < past) finishCurrent();
    },
    mixInto: placed.mixInto,
  };
}
