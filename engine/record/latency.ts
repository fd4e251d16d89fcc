import type { LatencySummary, RecordedTurn, TurnLatency } from '@parley/contracts/call-record';
import type { CommittedTurn } from './committed-turn.ts';
import type { Transport } from './ear-trace.ts';

/** Instants of an answer, on the call clock. */
interface AnswerTimes {
  readonly measuredFrom: CommittedTurn | null;
  readonly isSpeculated: boolean;
  readonly firstTextAtMs: number | null;
  /** The voice made its first sound. */
  readonly firstSoundAtMs: number | null;
  /** The room was given it. */
  readonly startedAtMs: number;
  readonly transport: Transport | null;
}

/**
 * Where the time to an answer's first sound went; all null for what answers nothing. What a guess had ready before the
 * turn's commit took no time after it: those stages are 0.
 *
 * `transportMs` is the way of the caller's last sound to the agent and of the answer's first to the caller's ear, since
 * the stages between are measured at the agent. So the caller waits `endOfTurnMs + llmFirstTokenMs + ttsFirstByteMs +
 * playoutMs + transportMs`, which is `voiceToVoiceMs`; `sttFinalMs` lies within the first.
 */
export function latencyOf(times: AnswerTimes): TurnLatency {
  const { measuredFrom, firstTextAtMs, firstSoundAtMs, startedAtMs, transport, isSpeculated } = times;
  if (measuredFrom === null) return NOTHING_MEASURED;
  const { committedAtMs, lastSpeechAtMs, lastFinalAtMs } = measuredFrom;
  const since = (fromMs: number, toMs: number) => Math.max(0, toMs - fromMs);
  const textAtMs = firstTextAtMs === null ? null : Math.max(committedAtMs, firstTextAtMs);
  const soundAtMs = textAtMs === null || firstSoundAtMs === null ? null : Math.max(textAtMs, firstSoundAtMs);
  const transportMs = transport === null ? null : transport.fromMouthMs + transport.toEarMs;
  return {
    endOfTurnMs: lastSpeechAtMs === null ? null : since(lastSpeechAtMs, committedAtMs),
    sttFinalMs:
      lastSpeechAtMs === null || lastFinalAtMs === null ? null : since(lastSpeechAtMs, lastFinalAtMs),
    llmFirstTokenMs: textAtMs === null ? null : textAtMs - committedAtMs,
    ttsFirstByteMs: soundAtMs === null || textAtMs === null ? null : soundAtMs - textAtMs,
    playoutMs: soundAtMs === null ? null : since(soundAtMs, startedAtMs),
    transportMs,
    voiceToVoiceMs:
      lastSpeechAtMs === null || transportMs === null
        ? null
        : since(lastSpeechAtMs, startedAtMs) + transportMs,
    isSpeculated,
  };
}

const NOTHING_MEASURED: TurnLatency = {
  endOfTurnMs: null,
  sttFinalMs: null,
  llmFirstTokenMs: null,
  ttsFirstByteMs: null,
  playoutMs: null,
  transportMs: null,
  voiceToVoiceMs: null,
  isSpeculated: false,
};

/** How long an answer took; null for what is none. The rest of an answer that was cut off is none of its own. */
export function answerLatency(turn: RecordedTurn): TurnLatency | null {
  return turn.role === 'agent' && turn.latency.llmFirstTokenMs !== null ? turn.latency : null;
}

/** Over the answers among the turns, by the nearest rank. */
export function summariseLatency(turns: readonly RecordedTurn[]): LatencySummary {
  const waits = turns.flatMap((turn) => {
    const latency = answerLatency(turn);
    return latency === null ? [] : [latency.voiceToVoiceMs];
  });
  const measured = waits.filter((ms) => ms !== null).sort((a, b) => a - b);
  const at = (share: number) => measured[Math.ceil(share * measured.length) - 1] ?? null;
  return { voiceToVoiceP50Ms: at(0.5), voiceToVoiceP95Ms: at(0.95), answers: waits.length };
}
