import type { CallDetail, CallSummary } from '@parley/contracts/call-record';
import { isoOf } from '../runtime/clock.ts';
import { csvRow } from './csv.ts';

/** A list in JSON, an entry a line. */
export async function* exportJson(calls: AsyncIterable<CallSummary | CallDetail>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const call of calls) {
    yield `${before}${JSON.stringify(call)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** The columns of a row a call; instants in ISO 8601, UTC. */
const COLUMNS: readonly (readonly [string, (call: CallSummary) => string | number | null])[] = [
  ['call_id', ({ callId }) => callId],
  ['state', ({ state }) => state],
  ['channel', ({ channel }) => channel],
  ['direction', ({ direction }) => direction],
  ['agent', ({ agent }) => agent],
  ['agent_version', ({ agentVersion }) => agentVersion],
  ['room_name', ({ roomName }) => roomName],
  ['caller', ({ caller }) => caller],
  ['created_at', ({ createdAtMs }) => isoOf(createdAtMs)],
  ['answered_at', ({ answeredAtMs }) => (answeredAtMs === null ? null : isoOf(answeredAtMs))],
  ['ended_at', ({ endedAtMs }) => (endedAtMs === null ? null : isoOf(endedAtMs))],
  ['duration_ms', ({ durationMs }) => durationMs],
  ['end_reason', ({ endReason }) => endReason],
  ['turns', ({ turnCount }) => turnCount],
  ['voice_to_voice_p50_ms', ({ latency }) => latency.voiceToVoiceP50Ms],
  ['voice_to_voice_p95_ms', ({ latency }) => latency.voiceToVoiceP95Ms],
  ['llm_input_tokens', ({ usage }) => usage.llmInputTokens],
  ['llm_output_tokens', ({ usage }) => usage.llmOutputTokens],
  ['stt_audio_ms', ({ usage }) => usage.sttAudioMs],
  ['tts_characters', ({ usage }) => usage.ttsCharacters],
  ['cost_usd', ({ costUsd }) => costUsd],
  ['tags', ({ tags }) => tags.join(' ')],
  ['recording', ({ recording }) => recording],
];

/** A row a call, and one with the names of the columns. The mark at the beginning tells spreadsheets that it is UTF-8. */
export async function* exportCsv(calls: AsyncIterable<CallSummary>): AsyncGenerator<string> {
  yield `\uFEFF${csvRow(COLUMNS.map(([name]) => name))}`;
  for await (const call of calls) yield csvRow(COLUMNS.map(([, read]) => read(call)));
}
