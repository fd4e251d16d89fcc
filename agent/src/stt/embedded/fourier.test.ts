import { expect, test } from 'vitest';
import { createFourier } from './fourier.ts';

const SIZE = 64;

test('finds a tone in its bin', () => {
  const real = Float64Array.from({ length: SIZE }, (_, at) => Math.cos((2 * Math.PI * 5 * at) / SIZE));
  const imaginary = new Float64Array(SIZE);
  createFourier(SIZE).forward(real, imaginary);
  const magnitudes = Array.from(real, (value, bin) => Math.round(Math.hypot(value, imaginary[bin] ?? 0)));
  expect(magnitudes.flatMap((magnitude, bin) => (magnitude > 0 ? [[bin, magnitude]] : []))).toEqual([
    [5, SIZE / 2],
    [SIZE - 5, SIZE / 2],
  ]);
});

test('there and back again is the same', () => {
  const fourier = createFourier(SIZE);
  const sound = Float64Array.from({ length: SIZE }, (_, at) => Math.sin(at * at));
  const real = Float64Array.from(sound);
  const imaginary = new Float64Array(SIZE);
  fourier.forward(real, imaginary);
  fourier.inverse(real, imaginary);
  for (const [at, value] of sound.entries()) {
    expect(real[at]).toBeCloseTo(value, 9);
    expect(imaginary[at]).toBeCloseTo(0, 9);
  }
});
