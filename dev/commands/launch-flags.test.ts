import { describe, expect, it } from 'vitest';
import { parseLaunchFlags } from './launch-flags.ts';

describe('--simulate', () => {
  it.each([
    [[], null],
    [['--simulate'], {}],
    [['--simulate', '--no-open'], {}],
    [
      ['--simulate', 'stt=50,llm=200,tts=100', '--port', '0'],
      { sttFinalMs: 50, llmFirstTokenMs: 200, ttsFirstAudioMs: 100 },
    ],
    [['--simulate=word=0'], { llmPerWordMs: 0 }],
  ])('%j is %j', (args, simulated) => {
    expect(parseLaunchFlags(args).simulated).toEqual(simulated);
  });

  it.each(['stt', 'stt=', 'stt=-1', 'vad=5', 'stt=1;llm=2'])('refuses %j and names the delays', (delays) => {
    expect(() => parseLaunchFlags(['--simulate', delays])).toThrow(/there are stt, llm, word, tts/);
  });
});
