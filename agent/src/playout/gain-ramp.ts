/**
 * Changes the level of `samples` in place, smoothly, so that a wave that is cut or joined makes no click: up along a
 * raised cosine, down along its square, which is 30 dB down after three quarters of the ramp. `progress` says which
 * part of the whole ramp these samples are, 0 to 1; by default all of it.
 */
export function rampGain(
  samples: Int16Array,
  direction: 'up' | 'down',
  progress: { readonly from: number; readonly to: number } = { from: 0, to: 1 },
): void {
  const { from, to } = progress;
  for (let i = 0; i < samples.length; i++) {
    const at = from + ((to - from) * (i + 1)) / (samples.length + 1);
    const rise = 0.5 - 0.5 * Math.cos(Math.PI * at);
    samples[i] = Math.round((samples[i] ?? 0) * (direction === 'up' ? rise : (1 - rise) ** 2));
  }
}
