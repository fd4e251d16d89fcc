import { readFile } from 'node:fs/promises';
import { type Decoder, loadSoundSwallower } from './decoder.ts';
import { evenBackground } from './even-background.ts';
import type { Grammar } from './grammar.ts';
import { dictionaryEntries, lookUp, PHONE_ENTRIES } from './pronunciations.ts';
import { SAMPLE_RATE_HZ } from './utterance.ts';
import { judge, type Recognition } from './verdict.ts';

/** Understands utterances by grammars that it was taught; what a recogniser's thread does. */
export interface Listener {
  /** Words of a grammar that the dictionary lacks. */
  findMissing(words: readonly string[]): Promise<readonly string[]>;
  /** Makes a grammar ready under a name; `pronunciations` are of the words that the dictionary lacks. */
  learn(
    name: string,
    grammar: Grammar,
    pronunciations: ReadonlyMap<string, readonly string[]>,
  ): Promise<void>;
  forget(name: string): void;
  /** 16 kHz. Blocks the thread for 10 to 17 % of the sound's length. Throws where the name is not known. */
  understand(name: string, samples: Int16Array): Recognition;
}

/** Followed far behind the best: a strange voice makes the right words lag at first. */
const SAID_BEAMS = { state: -110, wordExit: -74 };
/** Of the free sounds only the score is wanted, and the best way is never far behind. */
const SOUNDED_BEAMS = { state: -46, wordExit: -34 };

export async function createListener(): Promise<Listener> {
  const engine = await loadSoundSwallower();
  const saidBy = new Map<string, Decoder>();
  const phones = PHONE_ENTRIES.map(([word]) => word).join(' | ');
  const sounded = await engine.createDecoder({
    jsgf: `#JSGF V1.0;\ngrammar sounds;\npublic <sounds> = ( ${phones} )+;\n`,
    entries: PHONE_ENTRIES,
    beams: SOUNDED_BEAMS,
  });
  const dictionary = () => readFile(engine.dictionaryPath, 'utf8');

  return {
    async findMissing(words) {
      const known = lookUp(await dictionary(), words);
      return words.filter((word) => !known.has(word));
    },
    async learn(name, grammar, pronunciations) {
      const known = lookUp(await dictionary(), grammar.words);
      const entries = dictionaryEntries(new Map([...known, ...pronunciations]));
      const said = await engine.createDecoder({ jsgf: grammar.jsgf, entries, beams: SAID_BEAMS });
      saidBy.get(name)?.close();
      saidBy.set(name, said);
    },
    forget(name) {
      saidBy.get(name)?.close();
      saidBy.delete(name);
    },
    understand(name, samples) {
      const said = saidBy.get(name);
      if (said === undefined) throw new Error(`no grammar is named ${name}`);
      const sound = evenBackground(samples);
      const soundMs = (sound.length * 1000) / SAMPLE_RATE_HZ;
      return judge(said.decode(sound), soundMs, () => sounded.decode(sound));
    },
  };
}
