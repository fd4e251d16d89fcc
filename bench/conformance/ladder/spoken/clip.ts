import type { SeededRandom } from '../../seeded-random.ts';

/** What one person said in one turn: a sound with its labels. Instants are from its start, in ms. */
export interface SpokenClip {
  readonly name: string;
  /** 16 kHz, with silence before and after the speech. */
  readonly samples: Int16Array;
  readonly words: readonly { readonly text: string; readonly endsAtMs: number }[];
  /** The caller is silent and will go on; null: the turn has no such place. */
  readonly pause: { readonly fromMs: number; readonly untilMs: number } | null;
  /** Where the turn is over. */
  readonly endsAtMs: number;
}

/** Speech without a pause, with the ends of its words. */
export interface Utterance {
  readonly name: string;
  /** 16 kHz. */
  readonly samples: Int16Array;
  /** In ms from its start. */
  readonly words: readonly { readonly text: string; readonly endMs: number }[];
}

/** Words that are said before and after a pause, at least. */
export const LEAST_WORDS = 2;

const RATE_HZ = 16_000;
/** Silence before the first word, in ms, and what is drawn on top: where a frame of the gate begins. */
const LEAD_MS = 300;
const MOST_LEAD_MORE_MS = 32;
/** Silence after the last word, in ms: the gate shuts in it. */
const TAIL_MS = 400;
/** A pause of a person inside a sentence, in ms. */
const PAUSE_MS = [200, 1_500] as const;
/** A sound that is cut begins and ends in so many ms instead of with a click. */
const EDGE_MS = 8;

/** The utterance as it is. */
export function wholeClip({ name, samples, words }: Utterance, random: SeededRandom): SpokenClip {
  const leadMs = drawLeadMs(random);
  const said = words.map(({ text, endMs }) => ({ text, endsAtMs: leadMs + endMs }));
  return {
    name,
    samples: joined(silence(leadMs), samples, silence(TAIL_MS)),
    words: said,
    pause: null,
    endsAtMs: said.at(-1)?.endsAtMs ?? leadMs,
  };
}

/**
 * The utterance with a pause after so many words. It was spoken in one go, so what is said before the pause sounds as if
 * more were to come.
 */
export function pausedClip(
  { name, samples, words }: Utterance,
  wordsBefore: number,
  random: SeededRandom,
): SpokenClip {
  const leadMs = drawLeadMs(random);
  const pauseMs = random.between(...PAUSE_MS);
  const cutMs = words[wordsBefore - 1]?.endMs ?? 0;
  const said = words.map(({ text, endMs }, index) => ({
    text,
    endsAtMs: leadMs + endMs + (index < wordsBefore ? 0 : pauseMs),
  }));
  return {
    name,
    samples: joined(
      silence(leadMs),
      faded(samples.slice(0, samplesOf(cutMs)), 'end'),
      silence(pauseMs),
      faded(samples.slice(samplesOf(cutMs)), 'start'),
      silence(TAIL_MS),
    ),
    words: said,
    pause: { fromMs: leadMs + cutMs, untilMs: leadMs + cutMs + pauseMs },
    endsAtMs: said.at(-1)?.endsAtMs ?? leadMs,
  };
}

function drawLeadMs(random: SeededRandom): number {
  return LEAD_MS + random.between(0, MOST_LEAD_MORE_MS);
}

function faded(samples: Int16Array, edge: 'start' | 'end'): Int16Array {
  const length = samplesOf(EDGE_MS);
  return samples.map((sample, index) => {
    const distance = edge === 'start' ? index : samples.length - 1 - index;
    return Math.round(sample * Math.min(1, distance / length));
  });
}

function samplesOf(ms: number): number {
  return Math.round((ms * RATE_HZ) / 1_000);
}

function joined(...parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function silence(ms: number): Int16Array {
  return new Int16Array(samplesOf(ms));
}
