import { describe, expect, it } from 'vitest';
import { parseBenchCallArgs } from './bench-call-args.ts';

describe('the options of npm run bench:call', () => {
  it('have defaults', () => {
    expect(parseBenchCallArgs([])).toEqual({
      kind: 'run',
      callers: [1, 5, 10, 20],
      minutes: 2,
      silenceMs: null,
      usesModel: false,
      seed: 1,
      isJson: false,
    });
  });

  it('are read', () => {
    const args = '--callers 1,5 --minutes 0.5 --silence-ms 200 --model --seed 7 --json'.split(' ');
    expect(parseBenchCallArgs(args)).toEqual({
      kind: 'run',
      callers: [1, 5],
      minutes: 0.5,
      silenceMs: 200,
      usesModel: true,
      seed: 7,
      isJson: true,
    });
  });

  it.each([
    ['--callers=0', '--callers is 0'],
    ['--callers=1,,2', '--callers is 1,,2'],
    ['--minutes=soon', '--minutes is soon'],
    ['--silence-ms=50', '--silence-ms is 50'],
    ['--seed=x', '--seed is x'],
    ['--rounds=2', 'rounds'],
  ])('%s is refused by name', (arg, words) => {
    expect(parseBenchCallArgs([arg])).toEqual({ kind: 'misuse', fault: expect.stringContaining(words) });
  });
});
