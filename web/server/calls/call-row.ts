import type { EndReason } from '@parley/contracts/call-event';
import type { CallSummary } from '@parley/contracts/call-record';
import { type CallId, callIdSchema } from '@parley/contracts/ids';
import { EMPTY_RECORD } from '@parley/engine/record/call-record';
import type { Insertable, Selectable } from 'kysely';
import type { CallsTable } from '../database/tables.ts';

export type CallRow = Selectable<CallsTable>;

/** The row of a call of which nothing has happened yet. */
export function newCallRow(call: {
  readonly callId: CallId;
  readonly roomName: string;
  readonly agent: string;
  readonly ownerKeyId: string | null;
  readonly createdAtMs: number;
}): Insertable<CallsTable> {
  return {
    call_id: call.callId,
    state: 'waiting',
    channel: 'web',
    direction: 'inbound',
    agent: call.agent,
    agent_version: null,
    room_name: storableText(call.roomName),
    caller: null,
    caller_folded: null,
    owner_key_id: call.ownerKeyId,
    created_at_ms: Math.round(call.createdAtMs),
    answered_at_ms: null,
    ended_at_ms: null,
    duration_ms: null,
    end_reason: null,
    ended_by: null,
    is_caller_seen: 0,
    turn_count: 0,
    voice_to_voice_p50_ms: null,
    voice_to_voice_p95_ms: null,
    latency_json: JSON.stringify({ voiceToVoiceP50Ms: null, voiceToVoiceP95Ms: null, answers: 0 }),
    usage_json: JSON.stringify(EMPTY_RECORD.usage),
    cost_usd: null,
    recording: 'none',
    recording_path: null,
    continues_call_id: null,
    is_behind: 0,
  };
}

/** A row as the API shows it. */
export function summaryOfRow(row: CallRow, tags: readonly string[]): CallSummary {
  return {
    callId: callIdSchema.parse(row.call_id),
    state: row.state,
    channel: row.channel,
    direction: row.direction,
    agent: row.agent,
    agentVersion: row.agent_version,
    roomName: row.room_name,
    caller: row.caller,
    createdAtMs: row.created_at_ms,
    answeredAtMs: row.answered_at_ms,
    endedAtMs: row.ended_at_ms,
    durationMs: row.duration_ms,
    endReason: row.end_reason as EndReason | null,
    turnCount: row.turn_count,
    latency: JSON.parse(row.latency_json),
    // Rows of versions that did not tell models apart lack that part.
    usage: { ...EMPTY_RECORD.usage, ...JSON.parse(row.usage_json) },
    costUsd: row.cost_usd,
    tags: [...tags],
    recording: row.recording,
    recordingPath: row.recording_path,
    continuesCallId: row.continues_call_id === null ? null : callIdSchema.parse(row.continues_call_id),
  };
}

/** PostgreSQL keeps no zero character in a text; JSON holds it escaped. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
