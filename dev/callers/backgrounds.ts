import { resample } from '@parley/agent/audio/resampler';
import { type CallerBackground, EAR_RATE_HZ } from './caller-messages.ts';
import type { Background } from './microphone.ts';

/** What was heard waits for the microphone no longer than this beyond its delay, in ms: a stall delays nothing for good. */
const LONGEST_LAG_MS = 200;

/** What a microphone hears beside its person, and the ear that a loudspeaker's echo is made of. */
export function createBackgrounds(sampleRateHz: number): {
  readonly open: (background: CallerBackground) => Background | null;
  /** 48 kHz sound that has reached the ear. */
  readonly hear: (samples: Int16Array) => void;
} {
  let onHeard: (samples: Int16Array) => void = () => undefined;

  const openEcho = (afterMs: number, gainDb: number): Background => {
    const gain = 10 ** (gainDb / 20);
    const afterSamples = Math.round((afterMs * sampleRateHz) / 1_000);
    const mostSamples = afterSamples + (LONGEST_LAG_MS * sampleRateHz) / 1_000;
    const waiting: number[] = new Array<number>(afterSamples).fill(0);
    onHeard = (samples) => {
      for (const sample of resample(samples, { fromHz: EAR_RATE_HZ, toHz: sampleRateHz }))
        waiting.push(Math.round(sample * gain));
      if (waiting.length > mostSamples) waiting.splice(0, waiting.length - mostSamples);
    };
    return (count) => Int16Array.from(waiting.splice(0, count));
  };

  return {
    open(background) {
      onHeard = () => undefined;
      switch (background.kind) {
        case 'none':
          return null;
        case 'echo':
          return openEcho(background.afterMs, background.gainDb);
        case 'sound': {
          const { samples, sampleRateHz: fromHz } = background;
          const sound = resample(samples, { fromHz, toHz: sampleRateHz });
          let at = 0;
          return (count) =>
            Int16Array.from({ length: count }, () => {
              const sample = sound[at] ?? 0;
              at = (at + 1) % sound.length;
              return sample;
            });
        }
      }
    },
    hear: (samples) => onHeard(samples),
  };
}
