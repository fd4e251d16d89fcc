import type { JournalHeader } from '@parley/contracts/call-event';
import type { CallMoment, CallUsage, RecordedTurn, TurnLatency } from '@parley/contracts/call-record';
import { type CallRecord, EMPTY_RECORD } from '@parley/engine/record/call-record';
import { answerLatency } from '@parley/engine/record/latency';
import { addedSince } from '@parley/engine/record/newest-first';
import { callRecordOf } from '@parley/engine/record/recorded-call';
import type { CallWatch } from '../call/call-watch.ts';

interface Counter<Label extends string = never> {
  inc(labels: Readonly<Record<Label, string>>, value?: number): void;
  inc(value?: number): void;
}
interface Times<Label extends string = never> {
  observe(labels: Readonly<Record<Label, string>>, seconds: number): void;
  observe(seconds: number): void;
}

/** What the calls of a process are counted with. Times are in s. */
export interface CallCounts {
  readonly started: Counter<'kind'>;
  readonly ended: Counter<'reason'>;
  readonly turns: Counter<'role'>;
  readonly stages: Times<'stage'>;
  readonly voiceToVoice: Times;
  readonly interruptions: Counter<'outcome'>;
  readonly speculations: Counter;
  readonly usedSpeculations: Counter;
  readonly stageFailures: Counter<'stage'>;
  readonly incompleteRecordings: Counter<'cause'>;
  readonly sttAudio: Counter;
  readonly llmTokens: Counter<'direction'>;
  readonly ttsCharacters: Counter;
  readonly playoutLag: Times;
  readonly active: { inc(): void; dec(): void };
}

/**
 * Counts one call by what its record says, so that the figures are those that the page and the list of calls show. A turn
 * counts when it is over.
 */
export function createCallMeter(counts: CallCounts, header: JournalHeader): CallWatch {
  let before: CallRecord = EMPTY_RECORD;
  let isClosed = false;
  counts.started.inc({ kind: header.generation === 1 ? 'new' : 'resumed' });
  counts.active.inc();
  return {
    seen(record) {
      if (record.said !== before.said)
        for (const turn of addedSince(record.said, before.said)) countTurn(counts, turn);
      if (record.moments !== before.moments)
        for (const moment of addedSince(record.moments, before.moments)) countMoment(counts, moment);
      if (record.usage !== before.usage) countUsage(counts, before.usage, record.usage);
      before = record;
    },
    playoutWoken: (lateMs) => counts.playoutLag.observe(lateMs / 1000),
    close() {
      if (isClosed) return;
      isClosed = true;
      // What was still being said, and what nobody answered, are turns once the call is over.
      const counted = new Set(addedSince(before.said, null));
      for (const turn of callRecordOf(before)?.turns ?? []) if (!counted.has(turn)) countTurn(counts, turn);
      counts.ended.inc({ reason: before.ended?.reason ?? 'broken_off' });
      counts.active.dec();
    },
  };
}

/** The stages, as labels. */
const STAGES = {
  end_of_turn: 'endOfTurnMs',
  stt_final: 'sttFinalMs',
  llm_first_token: 'llmFirstTokenMs',
  tts_first_byte: 'ttsFirstByteMs',
  playout: 'playoutMs',
  transport: 'transportMs',
} as const satisfies Readonly<Record<string, keyof TurnLatency>>;

function countTurn(counts: CallCounts, turn: RecordedTurn): void {
  counts.turns.inc({ role: turn.role });
  const latency = answerLatency(turn);
  if (latency === null) return;
  for (const [stage, part] of Object.entries(STAGES)) {
    const ms = latency[part];
    if (ms !== null) counts.stages.observe({ stage }, ms / 1000);
  }
  if (latency.voiceToVoiceMs !== null) counts.voiceToVoice.observe(latency.voiceToVoiceMs / 1000);
}

/** The labels of these moments are from closed lists; those of others may hold what an agent file says. */
function countMoment(counts: CallCounts, { kind, label }: CallMoment): void {
  switch (kind) {
    case 'interrupted':
      return counts.interruptions.inc({ outcome: 'stopped' });
    case 'false_hold':
      return counts.interruptions.inc({ outcome: 'resumed' });
    case 'stage_failed':
      return counts.stageFailures.inc({ stage: label });
    case 'recording_incomplete':
      return counts.incompleteRecordings.inc({ cause: label.replaceAll(' ', '_') });
    case 'agent_lost':
    case 'agent_resumed':
    case 'tool_started':
    case 'tool_finished':
    case 'node_entered':
    case 'provider_switched':
    case 'recording_paused':
    case 'recording_resumed':
      return;
  }
}

function countUsage(counts: CallCounts, before: CallUsage, now: CallUsage): void {
  const more = (count: keyof Omit<CallUsage, 'byModel'>) => (now[count] ?? 0) - (before[count] ?? 0);
  counts.speculations.inc(more('speculations'));
  counts.usedSpeculations.inc(more('usedSpeculations'));
  counts.sttAudio.inc(more('sttAudioMs') / 1000);
  counts.llmTokens.inc({ direction: 'input' }, more('llmInputTokens'));
  counts.llmTokens.inc({ direction: 'output' }, more('llmOutputTokens'));
  counts.ttsCharacters.inc(more('ttsCharacters'));
}
