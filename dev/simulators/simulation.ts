import type { Clock } from '@parley/agent/runtime/clock';
import type { AnswerScript } from './answer-script.ts';
import type { HeardScript } from './heard-script.ts';
import type { SimulatedVoice } from './simulated-voice.ts';

/** How long the vendors take, in ms. */
export interface SimulatedDelays {
  /** From the end of an utterance, or the wish for its final, to the final. */
  readonly sttFinalMs: number;
  readonly llmFirstTokenMs: number;
  readonly llmPerWordMs: number;
  /** From the first text of a reply to its first sound. */
  readonly ttsFirstAudioMs: number;
}

/** What every simulated vendor has in common: time, chance, what is heard, answered and spoken. */
export interface Simulation {
  readonly clock: Clock;
  /** The wall clock, in ms since 1970, for times that vendors tell. */
  epochMs(): number;
  readonly delays: SimulatedDelays;
  /** 0 up to 1, by the seed. */
  random(): number;
  /** Hexadecimal digits by the seed, for ids. */
  id(digits: number): string;
  readonly heard: HeardScript;
  readonly answers: AnswerScript;
  readonly voice: SimulatedVoice;
}
