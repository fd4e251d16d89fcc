import { replyLatencySchema } from '@parley/contracts/call-record';
import { expect, it } from 'vitest';
import { readReplyLatency } from './reply-latency.ts';

const told = {
  replyId: 'reply-1',
  endOfTurnMs: 310,
  sttFinalMs: 190,
  llmFirstTokenMs: 0,
  ttsFirstByteMs: 96.5,
  playoutMs: null,
  transportMs: 70,
  voiceToVoiceMs: null,
  isSpeculated: true,
};

it('reads what the agent tells by the contract, zero apart from not measured', () => {
  const { replyId, ...latency } = replyLatencySchema.parse(told);
  expect(readReplyLatency(JSON.stringify(told))).toEqual({ segmentId: replyId, latency });
});

it.each(['', 'no json', 'null', '[]', '{"endOfTurnMs":1}', '{"replyId":7}'])('passes over %j', (text) => {
  expect(readReplyLatency(text)).toBeNull();
});

it('takes a stage that is no length of time for not measured', () => {
  const odd = { ...told, endOfTurnMs: '310', llmFirstTokenMs: -1, transportMs: undefined };
  expect(readReplyLatency(JSON.stringify(odd))?.latency).toMatchObject({
    endOfTurnMs: null,
    llmFirstTokenMs: null,
    transportMs: null,
  });
});
