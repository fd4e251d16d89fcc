import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInlineThinking } from './inline-thinking.ts';

function spoken(...pieces: readonly string[]): string {
  const thinking = createInlineThinking();
  return pieces.map((piece) => thinking.push(piece)).join('') + thinking.flush();
}

describe('thinking within an answer', () => {
  it('is taken out, however it is cut', () => {
    const answer = '\n<think>They want a table.</think>\n\nFor how many?';
    fc.assert(
      fc.property(fc.array(fc.nat({ max: answer.length })), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), answer.length];
        const pieces = edges.slice(1).map((edge, index) => answer.slice(edges[index], edge));
        expect(spoken(...pieces)).toBe('For how many?');
      }),
    );
  });

  it('leaves other answers as they are, and gives them at once', () => {
    const thinking = createInlineThinking();
    expect(thinking.push('Hello')).toBe('Hello');
    expect(thinking.push(' <think> there')).toBe(' <think> there');
    expect(spoken('<b>', 'old')).toBe('<b>old');
    expect(spoken('<thi')).toBe('<thi');
  });

  it('stays out where it never ends', () => {
    expect(spoken('<think>and on ', 'and on')).toBe('');
  });
});
