import { loadFlite } from '@parley/agent/tts/flite/program';
import { createFliteSpeech } from '@parley/agent/tts/flite/speech';
import { createSeededRandom } from '../../seeded-random.ts';
import { LEAST_WORDS, pausedClip, type SpokenClip, type Utterance, wholeClip } from './clip.ts';
import { SENTENCES } from './sentences.ts';

const VOICES = ['slt', 'rms', 'awb'] as const;

/** Which half of the sentences: what chooses a setting is never what it is judged by. */
export type SentenceHalf = 'choice' | 'report';

/**
 * Synthetic clips: a seed draws sentence, voice, the place of the pause and its length; an even one makes a whole
 * sentence.
 */
export async function createFliteClips(): Promise<(half: SentenceHalf, seed: number) => SpokenClip> {
  const flite = createFliteSpeech({ program: await loadFlite() });
  const spoken = new Map<string, Utterance>();
  const speak = (voice: string, text: string): Utterance => {
    const name = `${voice}: ${text}`;
    const utterance = spoken.get(name) ?? { name, ...flite.synthesise({ voice, text }) };
    spoken.set(name, utterance);
    return utterance;
  };
  return (half, seed) => {
    const random = createSeededRandom(seed);
    const utterance = speak(random.pick(VOICES), random.pick(SENTENCES[half]));
    if (seed % 2 === 0) return wholeClip(utterance, random);
    const places = utterance.words.length - 2 * LEAST_WORDS + 1;
    return pausedClip(utterance, LEAST_WORDS + Math.floor(random.between(0, places)), random);
  };
}
