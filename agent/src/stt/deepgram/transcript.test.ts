import { describe, expect, test } from 'vitest';
import { createTranscript, type HeardSpan } from './transcript.ts';

/** A span of words that share its time. */
function span(startMs: number, endMs: number, text: string, isFinal = true): HeardSpan {
  const texts = text.split(' ').filter(Boolean);
  const wordMs = (endMs - startMs) / Math.max(1, texts.length);
  return {
    startMs,
    endMs,
    isFinal,
    text,
    words: texts.map((word, index) => ({
      text: word,
      startMs: startMs + index * wordMs,
      endMs: startMs + (index + 1) * wordMs,
    })),
    language: undefined,
  };
}

describe('a transcript', () => {
  test('final spans follow one another, and what changes behind them is replaced', () => {
    const transcript = createTranscript();
    transcript.take(span(0, 500, 'book', false));
    transcript.take(span(0, 900, 'book a', false));
    expect(transcript.text).toBe('book a');
    transcript.take(span(0, 1_900, 'book a table for two'));
    transcript.take(span(1_900, 2_200, 'at', false));
    expect(transcript.text).toBe('book a table for two at');
    transcript.take(span(1_900, 2_600, 'at eight'));
    expect(transcript.cut()).toMatchObject({ text: 'book a table for two at eight', words: { length: 7 } });
    expect(transcript.text).toBe('');
  });

  test('a final that comes twice is one', () => {
    const transcript = createTranscript();
    for (let times = 0; times < 2; times++) transcript.take(span(0, 1_000, 'yes please'));
    expect(transcript.cut().text).toBe('yes please');
    transcript.take(span(0, 1_000, 'yes please'));
    expect(transcript.text).toBe('');
  });

  test('a final without words moves the end on', () => {
    const transcript = createTranscript();
    transcript.take(span(0, 3_000, ''));
    expect([transcript.text, transcript.finalUntilMs, transcript.coveredUntilMs]).toEqual(['', 3_000, 3_000]);
  });

  test('words that were given before they were final are not given again', () => {
    const transcript = createTranscript();
    transcript.take(span(0, 900, 'my name is', false));
    expect(transcript.cut().text).toBe('my name is');
    transcript.take(span(0, 1_500, 'my name is Anna Miller'));
    expect(transcript.cut()).toMatchObject({
      text: 'Anna Miller',
      words: [{ text: 'Anna' }, { text: 'Miller' }],
    });
  });

  test('the language is that of the last span that has one', () => {
    const transcript = createTranscript();
    transcript.take({ ...span(0, 500, 'hola'), language: 'es' });
    transcript.take(span(500, 700, ''));
    expect(transcript.cut()).toMatchObject({ language: 'es' });
    expect('language' in transcript.cut()).toBe(false);
  });
});
