import type { CallMoment, RecordedTurn, TurnLatency } from '@parley/contracts/call-record';
import type { CommittedTurn } from '@parley/engine/record/committed-turn';

type CallerTurn = Extract<RecordedTurn, { readonly role: 'caller' }>;
type AgentTurn = Extract<RecordedTurn, { readonly role: 'agent' }>;

/** A span as it is to be told, with those inside it. Times are on the call clock, in ms. */
export interface SpanPlan {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly children: readonly SpanPlan[];
  readonly events: readonly { readonly name: string; readonly atMs: number; readonly label: string }[];
}

/** What a caller said. */
export interface AskedTurn {
  readonly caller: CallerTurn;
  /** The turn as the answer to it is measured; null where it did not take the floor. */
  readonly committed: CommittedTurn | null;
}

/** What was said and answered of one turn. A greeting and the like has no caller's side, an unheard answer no agent's. */
export type TracedTurn = (
  | (AskedTurn & { readonly agent: AgentTurn | null })
  | { readonly caller: null; readonly committed: null; readonly agent: AgentTurn }
) & { readonly moments: readonly CallMoment[] };

/** The trace of a turn: what was said, and each stage of the answer, without a word of it. */
export function planTurn({ caller, committed, agent, moments }: TracedTurn): SpanPlan {
  const children = [
    ...(caller === null ? [] : [span('caller_speech', caller.startedAtMs, endOf(caller))]),
    ...(agent === null || committed === null ? [] : stageSpans(agent.latency, committed, agent.startedAtMs)),
    ...(agent === null ? [] : [span('agent_speech', agent.startedAtMs, endOf(agent))]),
  ];
  return {
    name: 'turn',
    startMs: Math.min(...children.map(({ startMs }) => startMs)),
    endMs: Math.max(...children.map(({ endMs }) => endMs)),
    attributes: {
      ...(caller === null ? {} : { 'parley.turn_id': caller.turnId, 'parley.source': caller.source }),
      ...(agent === null ? {} : attributesOf(agent)),
      'parley.is_answered': agent !== null && agent.answers !== null,
    },
    children,
    events: moments.map(({ kind, atMs, label }) => ({ name: kind, atMs, label })),
  };
}

/**
 * The stages where they lay in time. The transport is both ways together and drawn behind the first sound, since the
 * others are measured at the agent.
 */
function stageSpans(latency: TurnLatency, committed: CommittedTurn, startedAtMs: number): SpanPlan[] {
  const { committedAtMs, lastSpeechAtMs } = committed;
  const { endOfTurnMs, sttFinalMs, llmFirstTokenMs, ttsFirstByteMs, playoutMs, transportMs } = latency;
  const stage = (name: string, startMs: number | null, ms: number | null) =>
    startMs === null || ms === null ? [] : [span(name, startMs, startMs + ms)];
  const textAtMs = llmFirstTokenMs === null ? null : committedAtMs + llmFirstTokenMs;
  return [
    ...stage('end_of_turn', lastSpeechAtMs, endOfTurnMs),
    ...stage('stt_final', lastSpeechAtMs, sttFinalMs),
    ...stage('llm_first_token', committedAtMs, llmFirstTokenMs),
    ...stage('tts_first_byte', textAtMs, ttsFirstByteMs),
    ...stage('playout', playoutMs === null ? null : startedAtMs - playoutMs, playoutMs),
    ...stage('transport', startedAtMs, transportMs),
  ];
}

function attributesOf({ replyId, isInterrupted, latency }: AgentTurn) {
  const { isSpeculated, voiceToVoiceMs } = latency;
  return {
    'parley.reply_id': replyId,
    'parley.is_interrupted': isInterrupted,
    'parley.is_speculated': isSpeculated,
    ...(voiceToVoiceMs === null ? {} : { 'parley.voice_to_voice_ms': voiceToVoiceMs }),
  };
}

function span(name: string, startMs: number, endMs: number): SpanPlan {
  return { name, startMs, endMs, attributes: {}, children: [], events: [] };
}

function endOf({ startedAtMs, endedAtMs }: RecordedTurn): number {
  return endedAtMs ?? startedAtMs;
}
