import type { TurnLatency } from '@parley/contracts/call-record';
import { fieldsOf, textOf } from './json-fields.ts';

/** How long an answer took, as the agent tells it. */
export interface ToldLatency {
  /** Of the answer in the transcript: the reply's id. */
  readonly segmentId: string;
  readonly latency: TurnLatency;
}

/** Reads JSON of `replyLatencySchema`; null for what is none. A stage that is no number was not measured. */
export function readReplyLatency(text: string): ToldLatency | null {
  const fields = fieldsOf(parsed(text));
  const segmentId = textOf(fields.replyId);
  if (!segmentId) return null;
  const stage = (name: Exclude<keyof TurnLatency, 'isSpeculated'>) => {
    const ms = fields[name];
    return typeof ms === 'number' && ms >= 0 ? ms : null;
  };
  return {
    segmentId,
    latency: {
      endOfTurnMs: stage('endOfTurnMs'),
      sttFinalMs: stage('sttFinalMs'),
      llmFirstTokenMs: stage('llmFirstTokenMs'),
      ttsFirstByteMs: stage('ttsFirstByteMs'),
      playoutMs: stage('playoutMs'),
      transportMs: stage('transportMs'),
      voiceToVoiceMs: stage('voiceToVoiceMs'),
      isSpeculated: fields.isSpeculated === true,
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Something else on the topic: a page of an older build than its agent ignores what it does not know.
    return null;
  }
}
