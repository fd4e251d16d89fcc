import type { CallEvent } from '@parley/contracts/call-event';
import type { CallUsage } from '@parley/contracts/call-record';
import type { ParticipantId } from '@parley/contracts/ids';
import { addUsage, type CountedUsage } from '../cost/usage-by-model.ts';
import { type EarEvent, earEventOf } from '../turn/ear-event.ts';
import { type CallRecord, withMoment } from './call-record.ts';
import { type EarTrace, EMPTY_EAR, traceEar } from './ear-trace.ts';
import { onToolAsked, startSounding, updateReply } from './reply-trace.ts';
import { enterNode, finishTool, startTool } from './tool-trace.ts';

/** What an event adds to the record. */
export function onEvent(record: CallRecord, event: CallEvent, atMs: number): CallRecord {
  switch (event.type) {
    case 'callResumed':
      return { ...record, rest: event.data.unsaid };
    case 'participantJoined': {
      if (record.caller !== null) return record;
      const { participantId, name, kind } = event.data;
      return { ...record, caller: { participantId, name, channel: kind === 'sip' ? 'phone' : 'web' } };
    }
    case 'transportMeasured':
      return onTransport(record, event.data);
    case 'usageCounted':
      return { ...record, usage: withCounted(record.usage, event.data) };
    case 'recordingIncomplete': {
      const label = event.data.cause.replaceAll('_', ' ');
      return withMoment(record, { atMs, kind: 'recording_incomplete', label });
    }
    case 'pipelineFailed':
      return stageFailed(record, event.data.stage, atMs);
    case 'sttFailed':
      return stageFailed(record, 'stt', atMs);
    case 'llmFailed':
      return stageFailed(record, 'llm', atMs);
    case 'ttsFailed':
      return stageFailed(record, 'tts', atMs);
    case 'providerSwitched': {
      const { stage, from, to, cause, code } = event.data;
      const why = code ?? cause;
      return withMoment(record, {
        atMs,
        kind: 'provider_switched',
        label: `${stage}: ${from} → ${to} (${why})`,
      });
    }
    case 'toolStarted':
      return startTool(record, event.data.toolCallId, atMs);
    case 'toolFinished':
      return finishTool(record, event.data.toolCallId, atMs);
    case 'nodeEntered':
      return enterNode(record, event.data.node, atMs);
    case 'llmTextDelta':
      return updateReply(record, event.data.replyId, (reply) => ({
        ...reply,
        firstTextAtMs: reply.firstTextAtMs ?? atMs,
      }));
    case 'llmToolCalled': {
      const { replyId, ...tool } = event.data;
      return onToolAsked(record, replyId, tool, atMs);
    }
    case 'ttsStarted':
      return updateReply(record, event.data.replyId, (reply) =>
        reply.startedAtMs === null ? { ...reply, firstSoundAtMs: reply.firstSoundAtMs ?? atMs } : reply,
      );
    case 'playoutStarted':
      return startSounding(record, event.data.replyId, atMs);
    case 'playoutHeld':
    case 'playoutCleared':
      return updateReply(record, event.data.replyId, (reply) =>
        reply.startedAtMs === null ? reply : { ...reply, quietSinceMs: reply.quietSinceMs ?? atMs },
      );
    case 'playoutResumed':
      return updateReply(record, event.data.replyId, (reply) => ({ ...reply, quietSinceMs: null }));
    default: {
      const heard = earEventOf(event, usesVad(record));
      return heard === null ? record : hearParticipant(record, heard.participantId, heard.heard, atMs);
    }
  }
}

/** The first measurement counts for the answer that sounds before it, too. */
function onTransport(
  record: CallRecord,
  { participantId, toEarMs, fromMouthMs }: Extract<CallEvent, { type: 'transportMeasured' }>['data'],
): CallRecord {
  const transport = { toEarMs: Math.round(toEarMs), fromMouthMs: Math.round(fromMouthMs) };
  const known = putEar(record, participantId, {
    ...(record.ears.get(participantId) ?? EMPTY_EAR),
    transport,
  });
  const { reply } = record;
  const isMissing = reply?.measuredFrom?.participantId === participantId && reply.transport === null;
  return isMissing ? { ...known, reply: { ...reply, transport } } : known;
}

function hearParticipant(
  record: CallRecord,
  participantId: ParticipantId,
  heard: EarEvent,
  atMs: number,
): CallRecord {
  const before = record.ears.get(participantId) ?? EMPTY_EAR;
  const ear = traceEar(before, heard, atMs);
  return ear === before ? record : putEar(record, participantId, ear);
}

export function putEar(record: CallRecord, participantId: ParticipantId, ear: EarTrace): CallRecord {
  return { ...record, ears: new Map(record.ears).set(participantId, ear) };
}

/** Where speech comes from the recogniser, the agent set it so; a header that does not tell means the VAD. */
function usesVad({ header }: CallRecord): boolean {
  const turn = header?.settings.turn;
  return !(typeof turn === 'object' && turn !== null && 'vad' in turn && turn.vad === false);
}

function stageFailed(record: CallRecord, stage: string, atMs: number): CallRecord {
  return withMoment(record, { atMs, kind: 'stage_failed', label: stage });
}

function withCounted(before: CallUsage, counted: CountedUsage): CallUsage {
  const usage = { ...before, byModel: addUsage(before.byModel, counted) };
  const sum = (known: number | null, more: number | undefined) =>
    more === undefined ? known : (known ?? 0) + more;
  switch (counted.stage) {
    case 'stt':
      return { ...usage, sttAudioMs: sum(usage.sttAudioMs, counted.audioMs) };
    case 'llm':
      return {
        ...usage,
        llmInputTokens: sum(usage.llmInputTokens, counted.inputTokens),
        llmOutputTokens: sum(usage.llmOutputTokens, counted.outputTokens),
      };
    case 'tts':
      return { ...usage, ttsCharacters: sum(usage.ttsCharacters, counted.characters) };
  }
}
