import type { SpokenWord } from '../word-marks.ts';
import { alignPhones } from './phone-alignment.ts';
import { parsePhoneGroups, parseTimedPhones, toCmuPhone } from './phones.ts';
import { type FliteProgram, SOUND_FILE } from './program.ts';
import { parseWave, type Wave } from './wave.ts';

/** Speech with the times of its words, from the start of its sound. */
export interface Speech extends Wave {
  readonly words: readonly SpokenWord[];
}

export interface FliteSpeech {
  /** Throws when the program breaks off: the text is then one that it cannot say. */
  synthesise(request: { readonly voice: string; readonly text: string }): Speech;
  /** Phones of a word in the CMU dictionary's notation; empty where it has no sound. */
  pronounce(word: string): readonly string[];
}

/**
 * Silence kept before the first and after the last phone, in ms: an attack needs it, a caller's wait does
 * not.
 */
const LEAD_MS = 20;
const TAIL_MS = 60;

/** Pronunciations remembered, a word each. */
const REMEMBERED_WORDS = 5_000;

/**
 * Reads text without making sound, in 1 to 3 ms: the smallest voice, stopped before it joins its samples. All
 * voices read a text alike. The program breaks off for want of sound after it has printed.
 */
const READ_ONLY = ['-voice', 'kal', '--sets', 'join_type=none', '-o', 'none'] as const;

/** What Flite reads as a word and gives no sound. */
const SILENT_WORD = /^[.,!?;:"'()`-]*$/;

export function createFliteSpeech({ program }: { readonly program: FliteProgram }): FliteSpeech {
  const pronunciations = new Map<string, readonly string[] | null>();

  const read = (print: '-pw' | '-ps', text: string) => program.run([...READ_ONLY, print, '-t', text]).stdout;

  /** The words that are said: numbers and abbreviations are written out. */
  const spokenWords = (text: string): readonly string[] =>
    read('-pw', text)
      .split(/\s+/)
      .map((word) => word.replace(/^_/, ''))
      .filter((word) => !SILENT_WORD.test(word));

  /** Learns words in one run: a comma after each makes a pause, which parts their phones. */
  const learn = (words: readonly string[]) => {
    const unknown = [...new Set(words)].filter((word) => !pronunciations.has(word));
    if (unknown.length === 0) return;
    const groups = parsePhoneGroups(read('-ps', unknown.join(', ')));
    unknown.forEach((word, index) => {
      const phones =
        groups.length === unknown.length ? groups[index] : parsePhoneGroups(read('-ps', word)).flat();
      pronunciations.set(word, phones !== undefined && phones.length > 0 ? phones : null);
    });
    for (const word of pronunciations.keys()) {
      if (pronunciations.size <= REMEMBERED_WORDS) break;
      pronunciations.delete(word);
    }
  };

  return {
    synthesise({ voice, text }) {
      const words = spokenWords(text);
      learn(words);
      const expected = words.map((word) => ({ text: word, phones: pronunciations.get(word) ?? null }));
      const run = program.run(['-voice', voice, '-psdur', '-t', text, '-o', SOUND_FILE]);
      const wave = run.isWhole && run.sound ? parseWave(run.sound) : null;
      if (wave === null) throw new Error(`Flite broke off: ${run.stderr.trim() || 'no message'}`);
      const phones = parseTimedPhones(run.stdout);
      return trim(wave, alignPhones(expected, phones), phones[0]?.startMs ?? 0, phones.at(-1)?.endMs ?? 0);
    },
    pronounce: (word) => parsePhoneGroups(read('-ps', word)).flat().map(toCmuPhone),
  };
}

function trim(
  wave: Wave,
  words: readonly SpokenWord[],
  firstPhoneAtMs: number,
  lastPhoneEndMs: number,
): Speech {
  const { sampleRateHz } = wave;
  if (lastPhoneEndMs <= firstPhoneAtMs) return { samples: new Int16Array(0), sampleRateHz, words: [] };
  const fromMs = Math.max(0, firstPhoneAtMs - LEAD_MS);
  const fromSample = Math.round((fromMs * sampleRateHz) / 1000);
  const toSample = Math.round(((lastPhoneEndMs + TAIL_MS) * sampleRateHz) / 1000);
  return {
    samples: wave.samples.slice(fromSample, toSample),
    sampleRateHz,
    words: words.map((word) => ({ ...word, startMs: word.startMs - fromMs, endMs: word.endMs - fromMs })),
  };
}
