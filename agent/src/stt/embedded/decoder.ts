import { createRequire } from 'node:module';
import path from 'node:path';
import createSoundSwallower, { type Decoder as NativeDecoder } from 'soundswallower';
import type { DictionaryEntry } from './pronunciations.ts';

/** The likeliest way through a grammar for one utterance. */
export interface DecodedPath {
  /** The words, without silence; empty where the sound leads to no end of the grammar. */
  readonly text: string;
  /** Log likelihood, in units of 0.1 nat; comparable between grammars for the same sound. */
  readonly score: number;
  readonly segments: readonly PathSegment[];
}

/** A word, or a silence (`<sil>`), of a path. Frames are of 10 ms. */
export interface PathSegment {
  readonly text: string;
  readonly startFrame: number;
  readonly frames: number;
}

/** One grammar and its words, ready to be searched. 12 MB each: the acoustic model is not shared. */
export interface Decoder {
  /** 16 kHz, -1 to 1. Blocks the thread for about 8 % of the sound's length. */
  decode(sound: Float32Array): DecodedPath;
  close(): void;
}

export interface DecoderOptions {
  readonly jsgf: string;
  /** Every word of the grammar. */
  readonly entries: readonly DictionaryEntry[];
  /** How far a way may fall behind the best and still be followed: natural logarithms, at most 0. */
  readonly beams: { readonly state: number; readonly wordExit: number };
}

export interface SoundSwallower {
  /** Text of the English dictionary. */
  readonly dictionaryPath: string;
  createDecoder(options: DecoderOptions): Promise<Decoder>;
}

/** What the module has beyond its published types: the score of the best path, which no method of its own gives. */
interface ScoredModule {
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _decoder_hyp(decoder: number, scoreAddress: number): number;
}

/**
 * Likelihood of silence and of noise between two words. Source: of 184 sentences in four voices 152 were understood
 * with the library's own 0.005, 163 with this.
 */
const SILENCE_LIKELIHOOD = 0.3;

/**
 * Loads the recogniser. It installs handlers for the process's uncaught errors and prints at will, so this is called
 * in a thread of its own.
 */
export async function loadSoundSwallower(): Promise<SoundSwallower> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('soundswallower'));
  const modelFolder = path.join(folder, 'model', 'en-us');
  // Its types lack this setting; without it the model is looked for under the working directory.
  const settings: object = { modelBase: path.join(folder, 'model') + path.sep };
  const module = await createSoundSwallower(settings);
  if (!isScored(module))
    throw new Error('this version of soundswallower does not tell the score of what it heard');
  const scoreAddress = module._malloc(4);

  return {
    dictionaryPath: path.join(modelFolder, 'dict.txt'),
    async createDecoder({ jsgf, entries, beams }) {
      const native = new module.Decoder({
        loglevel: 'ERROR',
        hmm: modelFolder,
        samprate: 16_000,
        // A file that is not there: the 134,000 words of the dictionary are left out, and those of the grammar follow.
        dict: path.join(modelFolder, 'none'),
        // Scores are relative to the best sound of all; without this, to the best in the grammar, which tells nothing.
        compallsen: true,
        silprob: SILENCE_LIKELIHOOD,
        beam: Math.exp(beams.state),
        pbeam: Math.exp(beams.state),
        wbeam: Math.exp(beams.wordExit),
      });
      await native.initialize();
      native.add_words(...entries.map(([word, phones]): [string, string] => [word, phones]));
      native.set_grammar(jsgf);
      return {
        decode: (sound) => decode(module, native, scoreAddress, sound),
        close: () => native.delete(),
      };
    },
  };
}

function decode(
  module: ScoredModule,
  native: NativeDecoder,
  scoreAddress: number,
  sound: Float32Array,
): DecodedPath {
  native.start();
  try {
    // The whole utterance at once: its own mean is taken off, so that no caller's microphone colours another's.
    native.process_audio(sound, false, true);
  } finally {
    native.stop();
  }
  const text = native.get_text();
  if (text === '') return { text, score: Number.NEGATIVE_INFINITY, segments: [] };
  module._decoder_hyp(cdecoderOf(native), scoreAddress);
  const score = module.HEAP32[scoreAddress >> 2] ?? 0;
  const words = native.get_alignment().w ?? [];
  const segments = words
    .filter(({ t }) => t !== '(NULL)')
    .map(({ t, b, d }) => ({ text: t, startFrame: Math.round(b * 100), frames: Math.round(d * 100) }));
  return { text, score, segments };
}

function cdecoderOf(native: NativeDecoder): number {
  const { cdecoder } = native as unknown as { readonly cdecoder: number };
  return cdecoder;
}

function isScored(module: object): module is ScoredModule {
  return '_decoder_hyp' in module && '_malloc' in module && 'HEAP32' in module;
}
