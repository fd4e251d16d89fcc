import { levelDb } from '@parley/agent/audio/frame';
import { joinBlocks } from '@parley/agent/tts/audio-blocks';
import type { HeardScript } from './heard-script.ts';
import { steadyToneOf } from './steady-tone.ts';

/** A word of an utterance, in ms from the start of the stream. */
export interface HeardWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

export type HeardEvent =
  | { readonly type: 'started'; readonly atMs: number }
  /** All words so far, whenever there is another one; the last word only comes with `ended`. */
  | { readonly type: 'words'; readonly startMs: number; readonly words: readonly HeardWord[] }
  | {
      readonly type: 'ended';
      readonly startMs: number;
      readonly endMs: number;
      readonly text: string;
      readonly words: readonly HeardWord[];
    };

/** The ear of one stream: measures its sound and tells what was said, after the script. */
export interface HeardUtterances {
  /** Sound in order, in pieces of any length. */
  push(samples: Int16Array): readonly HeardEvent[];
  /** Ends the utterance that is under way, as a vendor's finalize does. */
  flush(): readonly HeardEvent[];
  /** How much sound came. */
  readonly positionMs: number;
}

const BLOCK_MS = 20;
/** Softer is silence. Source: the contract suites' silence is below -36 dB, a room with a headset below -50 dB. */
const SPEECH_DB = -42;
/** Shorter sound is a click. */
const SHORTEST_MS = 60;
/** A sentence is chosen once this much was heard: enough for eight periods of the lowest tone. */
const CHOSEN_AFTER_MS = 120;
/** How fast interim words come. Source: 200 words a minute, brisk speech. */
const MS_PER_WORD = 300;

type Phase =
  | { readonly kind: 'silent' }
  | {
      readonly kind: 'speaking';
      readonly startMs: number;
      readonly endMs: number;
      readonly blocks: readonly Int16Array[];
      readonly isTold: boolean;
      readonly sentence: string | null;
      readonly wordCount: number;
    };

export function createHeardUtterances(options: {
  readonly heard: HeardScript;
  readonly sampleRateHz: number;
  /** Silence after which an utterance is over; null: only `flush` ends it. */
  readonly endSilenceMs: number | null;
}): HeardUtterances {
  const { heard, sampleRateHz, endSilenceMs } = options;
  const blockSamples = Math.round((BLOCK_MS * sampleRateHz) / 1000);
  let rest: Int16Array = new Int16Array(0);
  let positionSamples = 0;
  let phase: Phase = { kind: 'silent' };
  const positionMs = () => (positionSamples * 1000) / sampleRateHz;

  const sentenceOf = (blocks: readonly Int16Array[]) =>
    heard.sentence(steadyToneOf(joinBlocks(blocks), sampleRateHz));

  const end = (): readonly HeardEvent[] => {
    if (phase.kind === 'silent') return [];
    const { startMs, endMs, isTold, blocks } = phase;
    const sentence = phase.sentence ?? sentenceOf(blocks);
    phase = { kind: 'silent' };
    if (!isTold) return [];
    return [{ type: 'ended', startMs, endMs, text: sentence, words: wordsOf(sentence, startMs, endMs) }];
  };

  const hear = (block: Int16Array): readonly HeardEvent[] => {
    const atMs = positionMs();
    positionSamples += block.length;
    const isSpeech = levelDb(block) > SPEECH_DB;
    if (phase.kind === 'silent') {
      if (!isSpeech) return [];
      phase = {
        kind: 'speaking',
        startMs: atMs,
        endMs: atMs,
        blocks: [],
        isTold: false,
        sentence: null,
        wordCount: 0,
      };
    }
    if (!isSpeech) {
      const isClick = !phase.isTold;
      return (endSilenceMs !== null || isClick) && positionMs() - phase.endMs >= (endSilenceMs ?? SHORTEST_MS)
        ? end()
        : [];
    }
    const events: HeardEvent[] = [];
    const { startMs } = phase;
    const endMs = positionMs();
    const spokenMs = endMs - startMs;
    const blocks = phase.sentence === null ? [...phase.blocks, block] : [];
    const sentence = phase.sentence ?? (spokenMs >= CHOSEN_AFTER_MS ? sentenceOf(blocks) : null);
    if (!phase.isTold && spokenMs >= SHORTEST_MS) events.push({ type: 'started', atMs: startMs });
    const words = sentence === null ? [] : wordsSoFar(sentence, startMs, spokenMs);
    if (words.length > phase.wordCount) events.push({ type: 'words', startMs, words });
    phase = {
      kind: 'speaking',
      startMs,
      endMs,
      blocks,
      isTold: spokenMs >= SHORTEST_MS,
      sentence,
      wordCount: words.length,
    };
    return events;
  };

  return {
    push(samples) {
      const waiting = joinBlocks([rest, samples]);
      const events: HeardEvent[] = [];
      let at = 0;
      for (; at + blockSamples <= waiting.length; at += blockSamples) {
        events.push(...hear(waiting.subarray(at, at + blockSamples)));
      }
      rest = waiting.slice(at);
      return events;
    },
    flush() {
      const events = rest.length > 0 ? [...hear(rest)] : [];
      rest = new Int16Array(0);
      return [...events, ...end()];
    },
    get positionMs() {
      return ((positionSamples + rest.length) * 1000) / sampleRateHz;
    },
  };
}

/** What was said in a whole recording: the utterances of it, a second of silence between them. */
export function utterancesIn(
  samples: Int16Array,
  options: { readonly heard: HeardScript; readonly sampleRateHz: number },
): readonly Extract<HeardEvent, { type: 'ended' }>[] {
  const utterances = createHeardUtterances({ ...options, endSilenceMs: 1_000 });
  return [...utterances.push(samples), ...utterances.flush()].filter((event) => event.type === 'ended');
}

function wordsSoFar(sentence: string, startMs: number, spokenMs: number): HeardWord[] {
  const texts = sentence.split(/\s+/).filter(Boolean);
  return texts
    .slice(0, Math.min(texts.length - 1, Math.floor(spokenMs / MS_PER_WORD)))
    .map((text, index) => ({
      text,
      startMs: startMs + index * MS_PER_WORD,
      endMs: startMs + (index + 1) * MS_PER_WORD,
    }));
}

/** The words share the time in which the sound was. */
function wordsOf(sentence: string, startMs: number, endMs: number): HeardWord[] {
  const texts = sentence.split(/\s+/).filter(Boolean);
  const wordMs = (endMs - startMs) / Math.max(1, texts.length);
  return texts.map((text, index) => ({
    text,
    startMs: startMs + index * wordMs,
    endMs: startMs + (index + 1) * wordMs,
  }));
}
