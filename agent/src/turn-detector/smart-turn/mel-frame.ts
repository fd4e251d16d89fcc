import { createMelFilters, MEL_BANDS } from './mel-filters.ts';
import { CONSTANT_IN_BIN_1, type Spectrum } from './spectrum.ts';

/**
 * Energies of one frame before the level of the whole window is known. Taking off the mean of the window changes bins
 * 0 and 1 of a spectrum only, and bin 0 is in no band: so bin 1 is kept apart, and all else is final but for a factor.
 */
export interface MelFrame {
  /** Energy of each band without bin 1. */
  readonly energies: Float64Array;
  bin1Re: number;
  bin1Im: number;
}

export interface MelFrames {
  /** Bands that hear bin 1: these from 0 on. */
  readonly lowBands: number;
  /** Reads 400 samples, full scale 1, into `into`. */
  analyse(samples: Float64Array, into: MelFrame): void;
  /** Energy of a low band, from what is kept of it, in sound less its mean. */
  lowEnergy(band: number, rest: number, bin1Re: number, bin1Im: number, mean: number): number;
}

export const createMelFrame = (): MelFrame => ({
  energies: new Float64Array(MEL_BANDS),
  bin1Re: 0,
  bin1Im: 0,
});

export function createMelFrames(spectrum: Spectrum): MelFrames {
  const filters = createMelFilters();
  const bin1Weights = filters.map(({ firstBin, weights }) => (firstBin === 1 ? (weights[0] ?? 0) : 0));
  return {
    lowBands: bin1Weights.filter((weight) => weight > 0).length,
    analyse(samples, into) {
      const bins = spectrum(samples);
      into.bin1Re = bins[2] ?? 0;
      into.bin1Im = bins[3] ?? 0;
      for (let band = 0; band < MEL_BANDS; band++) {
        const filter = filters[band];
        if (filter === undefined) continue;
        const { firstBin, weights } = filter;
        let energy = 0;
        for (let index = firstBin === 1 ? 1 : 0; index < weights.length; index++) {
          const re = bins[2 * (firstBin + index)] ?? 0;
          const im = bins[2 * (firstBin + index) + 1] ?? 0;
          energy += (weights[index] ?? 0) * (re * re + im * im);
        }
        into.energies[band] = energy;
      }
    },
    lowEnergy(band, rest, bin1Re, bin1Im, mean) {
      const re = bin1Re - mean * CONSTANT_IN_BIN_1;
      return rest + (bin1Weights[band] ?? 0) * (re * re + bin1Im * bin1Im);
    },
  };
}
