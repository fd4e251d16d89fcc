import type { EndReason, JournalHeader } from '@parley/contracts/call-event';
import type { CallMoment, CallUsage, RecordedTurn, ToolCallRecord } from '@parley/contracts/call-record';
import type { CarriedCall } from '@parley/contracts/carried-call';
import type { ParticipantId } from '@parley/contracts/ids';
import type { AskedTool } from './asked-tool.ts';
import type { CommittedTurn } from './committed-turn.ts';
import type { EarTrace } from './ear-trace.ts';
import { add, type NewestFirst } from './newest-first.ts';
import type { OpenReply } from './open-reply.ts';

/**
 * What is known of a call from the lines of its journals so far. Immutable: what did not change between two records is
 * the same object in both. Instants are whole ms of the call clock. Read it by `callRecordOf`.
 */
export interface CallRecord {
  /** Of the generation whose lines are being folded; null before the first. */
  readonly header: JournalHeader | null;
  /** Number of the next line of that generation; a line before it is known already and changes nothing. */
  readonly nextSeq: number;
  /** Of the latest line. */
  readonly lastAtMs: number;
  /** Type of the latest event: the commands after it are its answer. */
  readonly stepType: string;
  /** Its header came and none of its events. */
  readonly isResuming: boolean;
  readonly caller: Caller | null;
  /** Caller and agent were both there: when the agent was first given something to say. */
  readonly answeredAtMs: number | null;
  readonly ended: { readonly atMs: number; readonly reason: EndReason } | null;
  readonly ears: ReadonlyMap<ParticipantId, EarTrace>;
  /** The turn that an answer begun now would answer. */
  readonly lastTurn: CommittedTurn | null;
  /** The reply that is open, and the one that is made on a guess; the engine has at most one of each. */
  readonly reply: OpenReply | null;
  readonly guess: OpenReply | null;
  /** What an earlier generation had not said of a reply when it was lost. */
  readonly rest: CarriedCall['unsaid'];
  /** Turns that are over. */
  readonly said: NewestFirst<RecordedTurn>;
  /** What the model asked for and has not begun, by the id of the tool call. */
  readonly askedTools: ReadonlyMap<string, AskedTool>;
  readonly runningTools: ReadonlyMap<string, ToolCallRecord>;
  /** Tool calls that are over. */
  readonly toolCalls: NewestFirst<ToolCallRecord>;
  readonly moments: NewestFirst<CallMoment>;
  readonly isRecordingPaused: boolean;
  readonly usage: CallUsage;
}

/** Who came first from outside. */
interface Caller {
  readonly participantId: ParticipantId;
  /** Empty where none was given. */
  readonly name: string;
  readonly channel: 'web' | 'phone';
}

export const EMPTY_RECORD: CallRecord = {
  header: null,
  nextSeq: 0,
  lastAtMs: 0,
  stepType: '',
  isResuming: false,
  caller: null,
  answeredAtMs: null,
  ended: null,
  ears: new Map(),
  lastTurn: null,
  reply: null,
  guess: null,
  rest: null,
  said: null,
  askedTools: new Map(),
  runningTools: new Map(),
  toolCalls: null,
  moments: null,
  isRecordingPaused: false,
  usage: {
    sttAudioMs: null,
    llmInputTokens: null,
    llmOutputTokens: null,
    ttsCharacters: null,
    speculations: 0,
    usedSpeculations: 0,
    byModel: [],
  },
};

export function withMoment(record: CallRecord, moment: CallMoment): CallRecord {
  return { ...record, moments: add(record.moments, moment) };
}
