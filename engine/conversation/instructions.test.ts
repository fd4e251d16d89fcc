import { describe, expect, it } from 'vitest';
import { instructionsOf } from './instructions.ts';

const desk = { prompt: 'You are the desk of a hotel.', language: 'en-GB' };

describe('what a model is told of the agent it speaks for', () => {
  it('begins with the prompt of the agent, and ends with the language', () => {
    const instructions = instructionsOf(desk);
    expect(instructions.startsWith(`${desk.prompt}\n\n`)).toBe(true);
    expect(instructions.endsWith('"en-GB".')).toBe(true);
  });

  it.each(['two sentences', 'no markdown', 'numbers', 'in words', 'filler', 'end_call'])(
    'holds the rule of %j',
    (rule) => {
      expect(instructionsOf(desk)).toContain(rule);
    },
  );

  it('is the same, byte by byte, for every request', () => {
    expect(instructionsOf({ ...desk })).toBe(instructionsOf(desk));
    const [one, other] = [instructionsOf(desk), instructionsOf({ ...desk, language: 'de' })];
    const shared = one.slice(0, one.lastIndexOf('\n\n'));
    expect(other.startsWith(shared)).toBe(true);
  });

  it('needs no prompt', () => {
    expect(instructionsOf({ prompt: undefined, language: 'en' })).not.toMatch(/^\s/);
  });
});
