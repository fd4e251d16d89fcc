/** The discrete Fourier transform of one size, in place. */
export interface Fourier {
  forward(real: Float64Array, imaginary: Float64Array): void;
  /** Undoes `forward`. */
  inverse(real: Float64Array, imaginary: Float64Array): void;
}

/** `size` must be a power of two. */
export function createFourier(size: number): Fourier {
  const cosines = Float64Array.from({ length: size / 2 }, (_, index) =>
    Math.cos((2 * Math.PI * index) / size),
  );
  const sines = Float64Array.from({ length: size / 2 }, (_, index) => Math.sin((2 * Math.PI * index) / size));
  const bits = Math.log2(size);
  const reversed = Uint32Array.from({ length: size }, (_, index) => {
    let mirror = 0;
    for (let bit = 0; bit < bits; bit++) mirror = (mirror << 1) | ((index >> bit) & 1);
    return mirror;
  });

  const transform = (real: Float64Array, imaginary: Float64Array, sign: 1 | -1) => {
    const re = (index: number) => real[index] ?? 0;
    const im = (index: number) => imaginary[index] ?? 0;
    for (let index = 0; index < size; index++) {
      const mirror = reversed[index] ?? 0;
      if (mirror <= index) continue;
      [real[index], real[mirror]] = [re(mirror), re(index)];
      [imaginary[index], imaginary[mirror]] = [im(mirror), im(index)];
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let offset = 0; offset < half; offset++) {
          const upper = start + offset;
          const lower = upper + half;
          const cosine = cosines[offset * stride] ?? 1;
          const sine = sign * (sines[offset * stride] ?? 0);
          const turnedRe = re(lower) * cosine - im(lower) * sine;
          const turnedIm = re(lower) * sine + im(lower) * cosine;
          real[lower] = re(upper) - turnedRe;
          imaginary[lower] = im(upper) - turnedIm;
          real[upper] = re(upper) + turnedRe;
          imaginary[upper] = im(upper) + turnedIm;
        }
      }
    }
  };

  return {
    forward: (real, imaginary) => transform(real, imaginary, -1),
    inverse(real, imaginary) {
      transform(real, imaginary, 1);
      for (let index = 0; index < size; index++) {
        real[index] = (real[index] ?? 0) / size;
        imaginary[index] = (imaginary[index] ?? 0) / size;
      }
    },
  };
}
