import type { SttEvent, SttWord } from './contract.ts';

type Final = Extract<SttEvent, { type: 'final' }>;

/** What a recogniser in the network understood of one utterance. */
export interface Understood {
  /** Empty where nothing was said. */
  readonly text: string;
  /** Empty where the vendor tells no times. */
  readonly words: readonly SttWord[];
  /** BCP 47 tag, where the vendor tells it. */
  readonly language?: string;
}

export const NOTHING_SAID: Understood = { text: '', words: [] };

/** The final that answers a finalize. */
export function answeringFinal(understood: Understood): Final {
  const text = understood.text.normalize('NFC').trim();
  const answer = { type: 'final', answersFinalize: true } as const;
  if (text === '') return { ...answer, outcome: 'silence', text, words: [], wordCount: 0 };
  return {
    ...answer,
    outcome: 'words',
    text,
    words: understood.words,
    wordCount: text.split(/\s+/).length,
    ...(understood.language === undefined ? {} : { language: understood.language }),
  };
}

/** Words whose times are in order and within the sound, as no vendor warrants. */
export function orderedWords(words: readonly SttWord[], soundMs: number): readonly SttWord[] {
  let atMs = 0;
  return words.map(({ text, startMs, endMs }) => {
    const from = Math.min(soundMs, Math.max(atMs, startMs));
    atMs = Math.min(soundMs, Math.max(from, endMs));
    return { text, startMs: from, endMs: atMs };
  });
}
