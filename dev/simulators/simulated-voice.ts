import { createResampler } from '@parley/agent/audio/resampler';
import type { Clock } from '@parley/agent/runtime/clock';
import { audioBlocks } from '@parley/agent/tts/audio-blocks';
import { createEmbeddedTts } from '@parley/agent/tts/embedded';
import { alignWordMarks } from '@parley/agent/tts/word-marks';
import { pino } from 'pino';

/** The mouth of simulated voices. */
export interface SimulatedVoice {
  /** The sound of a text, block by block, as fast as it can be made. Ends early, without a throw, when aborted. */
  speak(
    text: string,
    options: { readonly sampleRateHz: number; readonly signal: AbortSignal },
  ): AsyncIterable<SpokenBlock>;
  close(): Promise<void>;
}

export interface SpokenBlock {
  readonly samples: Int16Array;
  /** Words not told before, in order, whose sound begins in this block or later; in ms from the start of the text. */
  readonly words: readonly SimulatedWord[];
}

export interface SimulatedWord {
  /** As written, with its punctuation. */
  readonly text: string;
  /** Place in the text, in UTF-16 code units. */
  readonly charStart: number;
  readonly charEnd: number;
  readonly startMs: number;
  readonly endMs: number;
}

const MS_PER_SYLLABLE = 60;
const TONE_HZ = 220;
const TONE_LEVEL = 6_000;

/** A tone of 60 ms a syllable: costs nothing, and tests can count on its length. */
export function createToneVoice(): SimulatedVoice {
  return {
    async *speak(text, { sampleRateHz, signal }) {
      const durationMs = syllablesIn(text) * MS_PER_SYLLABLE;
      const samples = Int16Array.from({ length: Math.round((durationMs * sampleRateHz) / 1000) }, (_, at) =>
        Math.round(TONE_LEVEL * Math.sin((2 * Math.PI * TONE_HZ * at) / sampleRateHz)),
      );
      let words: readonly SimulatedWord[] = alignWordMarks({ text, spoken: [], durationMs }).map((mark) => ({
        ...mark,
        text: text.slice(mark.charStart, mark.charEnd),
      }));
      for (const block of audioBlocks('', samples, sampleRateHz)) {
        if (signal.aborted) return;
        yield { samples: block.samples, words };
        words = [];
      }
    },
    close: async () => {},
  };
}

/** Real speech: the embedded voice, for people who speak to a simulated vendor. */
export function createSpeechVoice({ clock }: { readonly clock: Clock }): SimulatedVoice {
  const tts = createEmbeddedTts({ clock, log: pino({ level: 'silent' }) });
  return {
    async *speak(text, { sampleRateHz, signal }) {
      const [voice = ''] = tts.voices;
      const resampler = createResampler({ fromHz: tts.sampleRateHz(voice), toHz: sampleRateHz });
      const reply = tts.open({ voice, language: 'en', signal });
      reply.say({ segmentId: 'text', text });
      reply.finish();
      let words: readonly SimulatedWord[] = [];
      for await (const event of reply) {
        if (event.type === 'words')
          words = [
            ...words,
            ...event.marks.map((mark) => ({ ...mark, text: text.slice(mark.charStart, mark.charEnd) })),
          ];
        if (event.type !== 'audio') continue;
        yield { samples: resampler.push(event.samples), words };
        words = [];
      }
      if (!signal.aborted) yield { samples: resampler.flush(), words };
    },
    close: () => tts.close(),
  };
}

/** Groups of vowels in each word, one at least; 0 where nothing can be said. */
function syllablesIn(text: string): number {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.reduce((sum, word) => sum + Math.max(1, word.match(/[aeiouy]+/gi)?.length ?? 0), 0);
}
