import type { AudioFrame } from '@parley/agent/audio/frame';
import type { SeededRandom } from '../seeded-random.ts';

const RATE_HZ = 16_000;
/** As loud as a cough beside a microphone: -12 dB at its loudest. */
const PEAK = 8_000;

/** A burst of noise that rises at once and dies away, with a low voice in it: synthetic, as all sounds here. */
export function makeCough(lengthMs: number, random: SeededRandom): AudioFrame {
  return make(lengthMs, (atS, share) => {
    const envelope = Math.min(1, atS / 0.01) * (1 - share) ** 1.5;
    const breath = 2 * random.next() - 1;
    const throat = Math.sin(2 * Math.PI * 160 * atS) * Math.max(0, 1 - 3 * share);
    return envelope * (0.7 * breath + 0.3 * throat);
  });
}

/** Steady broadband noise: a chair, a door, a passing car. */
export function makeNoise(lengthMs: number, random: SeededRandom): AudioFrame {
  return make(lengthMs, (_atS, share) => 0.4 * (2 * random.next() - 1) * Math.sin(Math.PI * share));
}

/** A vacuum cleaner: a motor's hum with its overtones under the rush of air, -35 dB on average. */
export function makeVacuumCleaner(lengthMs: number, random: SeededRandom): AudioFrame {
  return make(lengthMs, (atS) => {
    const hum = [1, 2, 3, 5].reduce(
      (sum, overtone) => sum + Math.sin(2 * Math.PI * 100 * overtone * atS) / overtone,
      0,
    );
    return 0.05 * hum + 0.1 * (2 * random.next() - 1);
  });
}

function make(lengthMs: number, sampleAt: (atS: number, share: number) => number): AudioFrame {
  const length = Math.max(1, Math.round((lengthMs * RATE_HZ) / 1_000));
  const samples = Int16Array.from({ length }, (_, index) =>
    Math.round(PEAK * sampleAt(index / RATE_HZ, index / length)),
  );
  return { samples, sampleRateHz: RATE_HZ };
}
