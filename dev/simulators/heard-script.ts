/** What simulated recognisers understand. */
export interface HeardScript {
  /**
   * The sentence of a steady tone by its index. Any other sound (null), and a tone that the script is too short for, is
   * the next sentence of the script, which begins anew at its end.
   */
  sentence(tone: number | null): string;
}

export function createHeardScript(sentences: readonly string[]): HeardScript {
  if (sentences.length === 0) throw new Error('a script of what is heard needs a sentence');
  let next = 0;
  return {
    sentence(tone) {
      const ofTone = tone === null ? undefined : sentences[tone];
      if (ofTone !== undefined) return ofTone;
      const sentence = sentences[next % sentences.length] ?? '';
      next += 1;
      return sentence;
    },
  };
}
