import { type RecordedTurn, recordedTurnSchema } from '@parley/contracts/call-record';

/** A turn of the caller, a word each `wordMs` from `startedAtMs` on. */
export function callerSaid(
  text: string,
  startedAtMs: number,
  { wordMs = 400, turnId = `turn-${startedAtMs}` } = {},
): RecordedTurn {
  const marks = marksOf(text, startedAtMs, wordMs);
  return recordedTurnSchema.parse({
    role: 'caller',
    turnId,
    participantId: 'caller-1',
    text,
    source: 'speech',
    isUnintelligible: false,
    hasFloor: true,
    startedAtMs,
    endedAtMs: marks.at(-1)?.atMs ?? startedAtMs,
    marks,
    areMarksEstimated: true,
  });
}

/** An answer of the agent, a word each `wordMs` from `startedAtMs` on. */
export function agentSaid(
  text: string,
  startedAtMs: number,
  { wordMs = 300, replyId = `reply-${startedAtMs}`, unheard = '' } = {},
): RecordedTurn {
  const marks = marksOf(text, startedAtMs, wordMs);
  return recordedTurnSchema.parse({
    role: 'agent',
    replyId,
    answers: null,
    text,
    unheard,
    isInterrupted: unheard !== '',
    startedAtMs,
    endedAtMs: marks.at(-1)?.atMs ?? startedAtMs,
    marks,
    areMarksEstimated: false,
    latency: {
      endOfTurnMs: 300,
      sttFinalMs: 180,
      llmFirstTokenMs: 200,
      ttsFirstByteMs: 100,
      playoutMs: 20,
      transportMs: null,
      voiceToVoiceMs: null,
      isSpeculated: false,
    },
  });
}

function marksOf(text: string, startedAtMs: number, wordMs: number) {
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index }, count) => ({
    charEnd: index + word.length,
    atMs: startedAtMs + (count + 1) * wordMs,
  }));
}
