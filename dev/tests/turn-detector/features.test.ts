import { createMelFrames } from '@parley/agent/turn-detector/smart-turn/mel-frame';
import { loadSpectrum } from '@parley/agent/turn-detector/smart-turn/spectrum';
import { createTurnWindow, WINDOW_FRAMES } from '@parley/agent/turn-detector/smart-turn/turn-window';
import { describe, expect, it } from 'vitest';
import { readReference } from './reference.ts';
import { SYNTHETIC_SOUNDS } from './synthetic-sounds.ts';

const BANDS = 80;
/** The reference takes the level in 32 bits, and both transforms round: 0.000 1 is 0.004 dB. */
const TOLERANCE = 1e-4;

const reference = await readReference();

describe('features for Smart Turn', () => {
  it.each(SYNTHETIC_SOUNDS)(
    'are those of the reference, for the sound "$name"',
    async ({ name, samples }) => {
      const window = createTurnWindow(createMelFrames(await loadSpectrum()));
      window.push(samples);
      const features = window.features(0);
      const expected = reference.sounds[name].features;
      let worst = 0;
      for (const [row, frame] of reference.frames.entries()) {
        for (let band = 0; band < BANDS; band++) {
          const difference =
            (features[band * WINDOW_FRAMES + frame] ?? Number.NaN) -
            (expected[row * BANDS + band] ?? Number.NaN);
          worst = Math.max(worst, Math.abs(difference));
        }
      }
      expect(worst).toBeLessThan(TOLERANCE);
    },
  );
});
