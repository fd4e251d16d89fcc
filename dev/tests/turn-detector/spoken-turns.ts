import type { SaidTurn } from '@parley/agent/turn-detector/turn-detector.contract';
import { fliteVoice } from '../recognition/synthetic-voice.ts';

/** Softer than this at its ends, full scale 32768, a synthetic voice says nothing. */
const QUIET = 100;

/** A sentence to its end, by a synthetic voice. */
export async function wholeTurn(text: string, voice: string): Promise<SaidTurn> {
  return { samples: trimmed(await fliteVoice(voice).say(text)), text };
}

/** The same begun and broken off after this share of its sound, and of its words. */
export function brokenOff({ samples, text }: SaidTurn, share: number): SaidTurn {
  const words = text.split(' ');
  return {
    samples: wholeHops(samples.subarray(0, samples.length * share)),
    text: words.slice(0, Math.floor(words.length * share)).join(' '),
  };
}

/** A turn that is over, and one that stops in the middle. */
export async function spokenTurns(): Promise<{ readonly finished: SaidTurn; readonly unfinished: SaidTurn }> {
  const finished = await wholeTurn('I would like to book a table for six people on Monday.', 'rms');
  return { finished, unfinished: brokenOff(finished, 0.6) };
}

function trimmed(samples: Int16Array): Int16Array {
  const isLoud = (sample: number) => Math.abs(sample) >= QUIET;
  return wholeHops(samples.subarray(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1));
}

/** A model sees sound in steps of 10 ms, so what follows is seen alike only after whole ones. */
function wholeHops(samples: Int16Array): Int16Array {
  return samples.subarray(0, samples.length - (samples.length % 160));
}
