import type { SttWord } from '../contract.ts';
import type { DecodedPath, PathSegment } from './decoder.ts';
import { isVowel } from './pronunciations.ts';

/** Step of a decoder, in ms. Source: the acoustic model's 100 frames a second. */
const FRAME_MS = 10;

/** What was understood of one utterance. */
export type Recognition =
  | { readonly outcome: 'words'; readonly text: string; readonly words: readonly SttWord[] }
  /** Something was said that the grammar does not hold. */
  | { readonly outcome: 'rejected'; readonly wordCount: number }
  | { readonly outcome: 'silence' };

/**
 * Mean score a frame above which words are believed, and below which they are not, whatever else might explain the
 * sound. Source: of 322 sentences of a script and 350 foreign ones in natural voices, most lie beyond these bounds,
 * each on its right side; what lies between is compared with free sounds.
 */
const SURE_SCORE = -43;
const HOPELESS_SCORE = -66;

/** Fewer frames of words are never sure: the silence around them fits too well. */
const SURE_WORD_FRAMES = 80;
/** Shorter sounds, in ms, are never hopeless: they may be a cough, so what they are made of is looked at. */
const HOPELESS_SOUND_MS = 1_500;

/**
 * Lowest lead over free sounds, in score a frame of words; for short ones it is higher, since a scrap of anything is
 * like some short word, and a scrap that is taken for "bye" ends a call. Source: of the same sentences 91 % are
 * believed where 97 % were found, and 2.6 % of the foreign ones pass; of 150 scraps of speech of 150 to 550 ms, 12.
 */
const LOWEST_LEAD = -9;
const LOWEST_LEAD_OF_SHORT = -5;
const SHORT_WORD_FRAMES = 60;

/** Silence around the speech of an utterance, in ms: the prefix, and what the speech gate waits for. */
const SILENCE_AROUND_MS = 400;
/** A word takes about this long. Source: measured on 50 sentences in three voices, 275 to 281 ms. */
const MS_A_WORD = 280;

/**
 * Phones a spoken English word. Source: measured on 50 sentences in two voices, 3.2 to 3.6; the estimate is then wrong
 * by 0.7 words on average.
 */
const PHONES_A_WORD = 3.4;
/** Fewer phones are no word, however short. */
const FEWEST_PHONES = 2;

/**
 * Judges the likeliest phrase for a sound of `soundMs`. `soundOut` gives the likeliest sequence of sounds of any kind;
 * it takes nearly as long as finding the phrase did, so it is called only in doubt.
 */
export function judge(said: DecodedPath, soundMs: number, soundOut: () => DecodedPath): Recognition {
  const understood: Recognition = { outcome: 'words', text: said.text, words: wordsOf(said.segments) };
  const score = said.score / Math.max(1, soundMs / FRAME_MS);
  const wordFrames = said.segments.filter(isWord).reduce((total, { frames }) => total + frames, 0);
  if (score >= SURE_SCORE && wordFrames >= SURE_WORD_FRAMES) return understood;
  if (score <= HOPELESS_SCORE && soundMs >= HOPELESS_SOUND_MS) {
    return rejected((soundMs - SILENCE_AROUND_MS) / MS_A_WORD);
  }
  const sounded = soundOut();
  const lead = (said.score - sounded.score) / Math.max(1, wordFrames);
  if (lead >= (wordFrames < SHORT_WORD_FRAMES ? LOWEST_LEAD_OF_SHORT : LOWEST_LEAD)) return understood;
  const phones = sounded.segments.filter(isWord);
  const isSpeech = phones.length >= FEWEST_PHONES && phones.some(({ text }) => isVowel(text));
  return isSpeech ? rejected(phones.length / PHONES_A_WORD) : { outcome: 'silence' };
}

function rejected(words: number): Recognition {
  return { outcome: 'rejected', wordCount: Math.max(1, Math.round(words)) };
}

/** Silences and noises have names in brackets. */
function isWord({ text }: PathSegment): boolean {
  return !/^[<[(]/.test(text);
}

function wordsOf(segments: readonly PathSegment[]): SttWord[] {
  return segments.filter(isWord).map(({ text, startFrame, frames }) => ({
    text: text.replace(/\(\d+\)$/, ''),
    startMs: startFrame * FRAME_MS,
    endMs: (startFrame + frames) * FRAME_MS,
  }));
}
