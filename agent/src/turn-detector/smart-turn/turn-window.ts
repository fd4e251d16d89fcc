import { FULL_SCALE, levelOf, normalise } from './level.ts';
import { MEL_BANDS } from './mel-filters.ts';
import { createMelFrame, type MelFrame, type MelFrames } from './mel-frame.ts';
import { FRAME_SAMPLES } from './spectrum.ts';

/** From one frame to the next: 10 ms. Source: Whisper's feature extraction. */
const HOP_SAMPLES = 160;
/** Frames of the window: 8 s. Source: Smart Turn v3. */
export const WINDOW_FRAMES = 800;
const WINDOW_SAMPLES = WINDOW_FRAMES * HOP_SAMPLES;
const HALF_FRAME = FRAME_SAMPLES / 2;

/** Sound that is kept: the window and what is newer than its end. */
const KEPT_SAMPLES = WINDOW_SAMPLES + FRAME_SAMPLES;

const SILENT_FRAME = createMelFrame();

/**
 * The last 8 s of an ear as the model wants them: 80 bands of the mel scale, 800 frames. Each frame is made when its
 * sound has come; at a pause only the level of the whole is taken out. About 560 KB.
 */
export interface TurnWindow {
  /** Samples taken since the ear was opened. */
  readonly heardSamples: number;
  /** Takes the next sound; the caller may use the array again. */
  push(samples: Int16Array): void;
  /**
   * The window that ends with the last whole hop (at most 10 ms ago), an array of its own, a band after the other.
   * Sound before the sample `turnStart` counts as silence, as does what is missing where little was heard.
   */
  features(turnStart: number): Float32Array<ArrayBuffer>;
}

export function createTurnWindow(melFrames: MelFrames): TurnWindow {
  const { lowBands } = melFrames;
  const sound = new Int16Array(KEPT_SAMPLES);
  /** Logarithms of the energies, a band after the other; a frame lies at its number modulo 800. */
  const logs = new Float32Array(MEL_BANDS * WINDOW_FRAMES);
  /** Of each frame what its low bands are made from, once the mean is known. */
  const lowEnergies = new Float64Array(lowBands * WINDOW_FRAMES);
  const bin1Re = new Float64Array(WINDOW_FRAMES);
  const bin1Im = new Float64Array(WINDOW_FRAMES);
  const frameSound = new Float64Array(FRAME_SAMPLES);
  const frame = createMelFrame();
  let heard = 0;
  let nextFrame = 0;

  const sampleAt = (position: number) => (sound[position % KEPT_SAMPLES] ?? 0) / FULL_SCALE;

  const keptSound = (start: number, end: number) => {
    const [first, last] = [start % KEPT_SAMPLES, end % KEPT_SAMPLES];
    if (start === end) return [];
    return first < last ? [sound.subarray(first, last)] : [sound.subarray(first), sound.subarray(0, last)];
  };

  const analyse = (sampleOf: (offset: number) => number): MelFrame => {
    for (let offset = 0; offset < FRAME_SAMPLES; offset++) frameSound[offset] = sampleOf(offset);
    melFrames.analyse(frameSound, frame);
    return frame;
  };

  const keepFrame = () => {
    const first = nextFrame * HOP_SAMPLES - HALF_FRAME;
    const made = analyse((offset) => (first + offset < 0 ? 0 : sampleAt(first + offset)));
    const slot = nextFrame % WINDOW_FRAMES;
    for (let band = 0; band < MEL_BANDS; band++) {
      const energy = made.energies[band] ?? 0;
      if (band < lowBands) lowEnergies[band * WINDOW_FRAMES + slot] = energy;
      else logs[band * WINDOW_FRAMES + slot] = Math.log10(energy);
    }
    bin1Re[slot] = made.bin1Re;
    bin1Im[slot] = made.bin1Im;
    nextFrame += 1;
  };

  return {
    get heardSamples() {
      return heard;
    },
    push(samples) {
      for (let taken = 0; taken < samples.length; ) {
        const frameEnd = nextFrame * HOP_SAMPLES + HALF_FRAME;
        const count = Math.min(samples.length - taken, frameEnd - heard);
        for (let index = 0; index < count; index++) {
          sound[(heard + index) % KEPT_SAMPLES] = samples[taken + index] ?? 0;
        }
        taken += count;
        heard += count;
        if (heard === frameEnd) keepFrame();
      }
    },
    features(turnStart) {
      const hops = Math.floor(heard / HOP_SAMPLES);
      const windowStart = hops * HOP_SAMPLES - WINDOW_SAMPLES;
      const quietSamples = Math.min(Math.max(turnStart, windowStart, 0) - windowStart, WINDOW_SAMPLES);
      const heardSound = keptSound(windowStart + quietSamples, windowStart + WINDOW_SAMPLES);
      const { mean, gainLog } = levelOf(WINDOW_SAMPLES, heardSound);
      const features = new Float32Array(MEL_BANDS * WINDOW_FRAMES);
      const setLow = (index: number, band: number, rest: number, re: number, im: number) => {
        features[band * WINDOW_FRAMES + index] = Math.log10(melFrames.lowEnergy(band, rest, re, im, mean));
      };
      const setFrame = (index: number, made: MelFrame) => {
        for (let band = 0; band < MEL_BANDS; band++) {
          const energy = made.energies[band] ?? 0;
          if (band < lowBands) setLow(index, band, energy, made.bin1Re, made.bin1Im);
          else features[band * WINDOW_FRAMES + index] = Math.log10(energy);
        }
      };

      const oldest = hops % WINDOW_FRAMES;
      for (let row = lowBands * WINDOW_FRAMES; row < features.length; row += WINDOW_FRAMES) {
        features.set(logs.subarray(row + oldest, row + WINDOW_FRAMES), row);
        features.set(logs.subarray(row, row + oldest), row + WINDOW_FRAMES - oldest);
      }
      for (let index = 0; index < WINDOW_FRAMES; index++) {
        const first = index * HOP_SAMPLES - HALF_FRAME;
        const end = first + FRAME_SAMPLES;
        if (end <= quietSamples) {
          setFrame(index, SILENT_FRAME);
        } else if (first < quietSamples || end > WINDOW_SAMPLES) {
          // At an edge a frame hears silence, or the window mirrored, instead of what went on there.
          const soundOf = (place: number) => (place < quietSamples ? 0 : sampleAt(windowStart + place));
          setFrame(
            index,
            analyse((offset) => soundOf(mirrored(first + offset))),
          );
        } else {
          const slot = (oldest + index) % WINDOW_FRAMES;
          for (let band = 0; band < lowBands; band++) {
            const rest = lowEnergies[band * WINDOW_FRAMES + slot] ?? 0;
            setLow(index, band, rest, bin1Re[slot] ?? 0, bin1Im[slot] ?? 0);
          }
        }
      }
      normalise(features, gainLog);
      return features;
    },
  };
}

/** A place beyond the window, within it: it goes on mirrored at its first and at its last sample. */
function mirrored(place: number): number {
  if (place < 0) return -place;
  return place < WINDOW_SAMPLES ? place : 2 * (WINDOW_SAMPLES - 1) - place;
}
