import { FRAME_SAMPLES, SPECTRUM_BINS } from './spectrum.ts';

/** Bands of the mel scale. Source: Whisper's feature extraction, as trained. */
export const MEL_BANDS = 80;

const SAMPLE_RATE_HZ = 16_000;
const HIGHEST_HZ = SAMPLE_RATE_HZ / 2;

/** The mel scale of Slaney: linear up to 1 kHz at 15 mel, then 27 mel for each factor of 6.4. */
const LINEAR_MEL_PER_HZ = 3 / 200;
const BEND_HZ = 1_000;
const BEND_MEL = 15;
const MEL_PER_LOG_HZ = 27 / Math.log(6.4);

/** A triangle over the spectrum: the weights of the bins from `firstBin` on. */
export interface MelFilter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

/** One filter a band, its area 1 over the frequencies in Hz, from the lowest band on. */
export function createMelFilters(): readonly MelFilter[] {
  const highestMel = melOf(HIGHEST_HZ);
  const edgesHz = Array.from({ length: MEL_BANDS + 2 }, (_, index) =>
    hzOf((highestMel * index) / (MEL_BANDS + 1)),
  );
  return Array.from({ length: MEL_BANDS }, (_, band) => {
    const [lowHz = 0, peakHz = 0, highHz = 0] = edgesHz.slice(band, band + 3);
    const weightOf = (bin: number) => {
      const hz = (bin * SAMPLE_RATE_HZ) / FRAME_SAMPLES;
      const height = Math.min((hz - lowHz) / (peakHz - lowHz), (highHz - hz) / (highHz - peakHz));
      return (Math.max(0, height) * 2) / (highHz - lowHz);
    };
    const bins = Array.from({ length: SPECTRUM_BINS }, (_, bin) => bin).filter((bin) => weightOf(bin) > 0);
    return { firstBin: bins[0] ?? 0, weights: Float64Array.from(bins, weightOf) };
  });
}

function melOf(hz: number): number {
  return hz < BEND_HZ ? hz * LINEAR_MEL_PER_HZ : BEND_MEL + Math.log(hz / BEND_HZ) * MEL_PER_LOG_HZ;
}

function hzOf(mel: number): number {
  return mel < BEND_MEL ? mel / LINEAR_MEL_PER_HZ : BEND_HZ * Math.exp((mel - BEND_MEL) / MEL_PER_LOG_HZ);
}
