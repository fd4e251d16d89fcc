import type { CallCommand } from '@parley/contracts/call-event';
import { type CallRecord, withMoment } from './call-record.ts';
import { spokenTurn, typedTurn } from './caller-turn.ts';
import { EMPTY_EAR, traceCaption } from './ear-trace.ts';
import { add } from './newest-first.ts';
import { putEar } from './on-event.ts';
import {
  abortReply,
  beginAnswer,
  captionReply,
  closeReply,
  giveVoice,
  holdReply,
  resumeReply,
} from './reply-trace.ts';
import { leaveTools } from './tool-trace.ts';

/** What a command adds to the record. */
export function onCommand(record: CallRecord, command: CallCommand, atMs: number): CallRecord {
  switch (command.type) {
    case 'startLlm':
      return beginAnswer(record, command.data.replyId, command.data.speculativeText !== null, atMs);
    case 'speak':
      return giveVoice(record, command.data.replyId, command.data.written ?? command.data.text, atMs);
    case 'abortReply':
      return abortReply(record, command.data.replyId, command.data.reason, atMs);
    case 'holdPlayout':
      return holdReply(record, command.data.replyId, atMs);
    case 'resumePlayout':
      return resumeReply(record, command.data.replyId, atMs);
    case 'captionAgent':
      return captionReply(record, command.data.replyId, command.data.delta, atMs);
    case 'closeCaption': {
      const { replyId, isInterrupted } = command.data;
      return record.reply?.replyId === replyId ? closeReply(record, { atMs, isInterrupted }) : record;
    }
    case 'captionUser': {
      const { participantId, ...caption } = command.data;
      const ear = record.ears.get(participantId) ?? EMPTY_EAR;
      const isInterim = record.stepType === 'transcriptChanged';
      return putEar(record, participantId, traceCaption(ear, caption, atMs, isInterim));
    }
    case 'recordTurn':
      return recordTurn(record, command.data, atMs);
    case 'setRecording':
      return setRecording(record, command.data.state, atMs);
    case 'endCall':
      return { ...leaveTools(record), ended: { atMs, reason: command.data.reason } };
    default:
      return record;
  }
}

function recordTurn(
  record: CallRecord,
  data: Extract<CallCommand, { type: 'recordTurn' }>['data'],
  atMs: number,
): CallRecord {
  const ear = record.ears.get(data.participantId) ?? EMPTY_EAR;
  const spoken = data.source === 'chat' ? typedTurn(data, ear, atMs) : spokenTurn(data, ear, atMs);
  const said = {
    ...record,
    said: spoken.turns.reduce<CallRecord['said']>(add, record.said),
    lastTurn: spoken.committed,
  };
  return putEar(said, data.participantId, spoken.ear);
}

function setRecording(
  record: CallRecord,
  state: Extract<CallCommand, { type: 'setRecording' }>['data']['state'],
  atMs: number,
): CallRecord {
  const isRecordingPaused = state === 'paused';
  if (isRecordingPaused === record.isRecordingPaused) return record;
  const next = { ...record, isRecordingPaused };
  if (isRecordingPaused) return withMoment(next, { atMs, kind: 'recording_paused', label: '' });
  return state === 'on' ? withMoment(next, { atMs, kind: 'recording_resumed', label: '' }) : next;
}
