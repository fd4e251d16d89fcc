import type { TurnLatency } from '@parley/contracts/call-record';

/** The stages of an answer's latency, one after another. */
export const LATENCY_STAGES = [
  'endOfTurnMs',
  'llmFirstTokenMs',
  'ttsFirstByteMs',
  'playoutMs',
  'transportMs',
] as const satisfies readonly (keyof TurnLatency)[];
export type LatencyStage = (typeof LATENCY_STAGES)[number];

export const STAGE_WORDS: Record<LatencyStage, string> = {
  endOfTurnMs: 'End of turn',
  llmFirstTokenMs: 'Model',
  ttsFirstByteMs: 'Voice',
  playoutMs: 'Playout',
  transportMs: 'Transport',
};
