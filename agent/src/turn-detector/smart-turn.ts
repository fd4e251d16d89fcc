import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { type EndOfTurn, type EndOfTurnEar, TURN_SAMPLE_RATE_HZ } from './contract.ts';
import { createMelFrames } from './smart-turn/mel-frame.ts';
import { createModelThread, type ModelThread } from './smart-turn/model-thread.ts';
import { PROVIDER } from './smart-turn/provider.ts';
import { createScoringQueue } from './smart-turn/scoring-queue.ts';
import { loadSpectrum } from './smart-turn/spectrum.ts';
import { createTurnWindow } from './smart-turn/turn-window.ts';

/**
 * Sound from before the gate opened that belongs to the turn, in ms. Source: Smart Turn's reference keeps 500 ms
 * before a gate that takes 200 ms to open; the gate here opens with the first frame.
 */
const LEAD_MS = 500;
const LEAD_SAMPLES = (LEAD_MS * TURN_SAMPLE_RATE_HZ) / 1_000;

/**
 * Smart Turn v3.2: hears from the sound of the last 8 s whether a turn is over, in 23 languages. One session a process,
 * in a thread of its own: 55 ms a score, 80 MB. Of the calling thread an ear takes 3 ms a second of sound and 2 ms a
 * score. Source of the numbers: docs/decisions/0013.
 */
export async function createSmartTurn(options: {
  /** The file smart-turn-v3.2-cpu.onnx. */
  readonly modelFile: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: a thread of this process that loads the file. */
  readonly thread?: ModelThread;
}): Promise<EndOfTurn> {
  const { clock, thread = createModelThread(options) } = options;
  const melFrames = createMelFrames(await loadSpectrum());
  const queue = createScoringQueue({ clock, run: (features) => thread.score(features) });

  return {
    provider: PROVIDER,
    capabilities: { input: 'audio' },
    warm: () => thread.warm(),
    openEar: createEar,
    close: () => thread.close(),
  };

  function createEar(): EndOfTurnEar {
    const window = createTurnWindow(melFrames);
    const key = {};
    /** The sample with which the turn begins; before its first speech, where the turn before it ended. */
    let turn: { readonly phase: 'awaited' | 'begun'; readonly startSample: number } = {
      phase: 'awaited',
      startSample: 0,
    };
    return {
      push({ samples, isSpeech }) {
        if (isSpeech) {
          queue.overtake(key);
          if (turn.phase === 'awaited') {
            const startSample = Math.max(turn.startSample, window.heardSamples - LEAD_SAMPLES);
            turn = { phase: 'begun', startSample };
          }
        }
        window.push(samples);
      },
      endTurn() {
        queue.overtake(key);
        turn = { phase: 'awaited', startSample: window.heardSamples };
      },
      score: ({ signal }) => queue.ask(key, window.features(turn.startSample), signal),
      close: () => queue.overtake(key),
    };
  }
}
