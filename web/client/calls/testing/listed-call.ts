import { type ListedCall, listedCallSchema } from '@parley/contracts/calls-api';

/** A row of the list: a call that ended, unless told otherwise. */
export function listedCall({
  callId,
  ...part
}: Partial<Omit<ListedCall, 'callId'>> & { callId: string }): ListedCall {
  return listedCallSchema.parse({
    callId,
    state: 'ended',
    channel: 'web',
    direction: 'inbound',
    agent: 'front-desk',
    agentVersion: null,
    roomName: `call-${callId}`,
    caller: 'Ada Lovelace',
    createdAtMs: 1_000,
    answeredAtMs: 1_200,
    endedAtMs: 61_200,
    durationMs: 60_000,
    endReason: 'caller_left',
    turnCount: 4,
    latency: { voiceToVoiceP50Ms: 640, voiceToVoiceP95Ms: 900, answers: 2 },
    usage: {
      sttAudioMs: null,
      llmInputTokens: null,
      llmOutputTokens: null,
      ttsCharacters: null,
      speculations: 0,
      usedSpeculations: 0,
      byModel: [],
    },
    costUsd: null,
    tags: [],
    recording: 'none',
    recordingPath: null,
    continuesCallId: null,
    match: null,
    ...part,
  });
}
