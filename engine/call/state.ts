import type { EndReason } from '@parley/contracts/call-event';
import type { CarriedCall, KeptWords, RecordingPhase } from '@parley/contracts/carried-call';
import type { ParticipantId, TurnId } from '@parley/contracts/ids';
import type { AgentState } from '@parley/contracts/room-protocol';
import { type Conversation, EMPTY_CONVERSATION } from '../conversation/conversation.ts';
import { atNode, type FlowState } from '../flow/flow-state.ts';
import type { Reply } from '../reply/reply.ts';
import type { Ear } from '../turn/ear.ts';
import { type Idle, NOT_IDLE } from '../turn/idle.ts';
import { FULL_TRUST, type Patience } from '../turn/patience.ts';
import { type CallSettings, WAIT } from './settings.ts';
import type { Switching } from './switching.ts';

/** All that is known of a call. Regions are orthogonal: each changes without looking into another. */
export interface CallState {
  readonly settings: CallSettings;
  readonly call: CallPhase;
  readonly ears: Readonly<Record<ParticipantId, Ear>>;
  readonly floor: Floor;
  /** Open replies by their id; a closed one is in the conversation. */
  readonly replies: Readonly<Record<string, Reply>>;
  readonly conversation: Conversation;
  readonly flow: FlowState;
  /** Running tools by their call. */
  readonly tools: Readonly<Record<string, RunningTool>>;
  /** What an earlier generation left, until the call is live again. */
  readonly resumption: Resumption | null;
  readonly recording: RecordingPhase;
  readonly switching: Switching;
  /** The agent has not finished its first utterance: the greeting of a call that is no resumed one. */
  readonly awaitsFirstUtterance: boolean;
  readonly patience: Patience;
  readonly idle: Idle;
  /** How often an answer was begun on a guess in the turn that is, or was last, open. */
  readonly speculation: SpeculationCount;
  /** The agent's words that were heard last: what may come back as an echo. */
  readonly lastSpoken: { readonly text: string; readonly atMs: number; readonly isQuestion: boolean };
  /** Said while it could not be answered, oldest first. */
  readonly kept: readonly KeptWords[];
  /** The agent state last told to the room. */
  readonly toldAgentState: AgentState | null;
  /** What the room was last told of the agent's voice. */
  readonly toldVoiceState: VoiceState | null;
  /** What the call has cost so far, in US dollars, as far as its models have prices. */
  readonly spentUsd: number;
  readonly counts: Counts;
}

export type CallPhase =
  /** Waits for both gates: the pipeline is ready, and a caller listens. */
  | {
      readonly phase: 'opening';
      readonly pipeline:
        | { readonly phase: 'warming'; readonly endsAtMs: number }
        | { readonly phase: 'ready' };
      /** When the agent leaves if no caller has come; null once one has. */
      readonly callerBy: number | null;
    }
  | { readonly phase: 'live'; readonly endsAtMs: number }
  | { readonly phase: 'ended'; readonly reason: EndReason };

/** Who is to speak next: a turn that was committed and has no reply yet. */
export type Floor =
  | { readonly phase: 'free' }
  | { readonly phase: 'owed'; readonly turnId: TurnId; readonly participantId: ParticipantId };

/** What pages with ears of their own must know of the agent's voice. */
export interface VoiceState {
  readonly isInterruptible: boolean;
  readonly isHeld: boolean;
}

/** A tool at work. */
export interface RunningTool {
  /** The caller may call it off. */
  readonly isCancellable: boolean;
  readonly endsAtMs: number;
}

/** Where a call is taken up again. */
export type Resumption = Pick<CarriedCall, 'owed' | 'unsaid' | 'hasLostWords' | 'endsAtMs'>;

interface SpeculationCount {
  readonly turnId: TurnId | null;
  readonly made: number;
  /** Words to which no answer can be begun: a tool was wanted, or a stage failed. */
  readonly refusedWords: string;
}

interface Counts {
  readonly turns: number;
  readonly replies: number;
  /** Events that named something closed or unknown. */
  readonly droppedEvents: number;
  /** Holds after which the agent went on. */
  readonly falseHolds: number;
  /** What participants said that was the agent's own voice, come back. */
  readonly echoes: number;
  /** Recognisers that were opened anew because they gave no sign. */
  readonly reopenedRecognisers: number;
  /** Answers begun on a guess, and those of them that were let go; the rest was waste. */
  readonly speculations: number;
  readonly usedSpeculations: number;
}

export function initialCallState(settings: CallSettings): CallState {
  return {
    settings,
    call: {
      phase: 'opening',
      pipeline: { phase: 'warming', endsAtMs: settings.startsAtMs + WAIT.pipelineMs },
      callerBy: settings.startsAtMs + settings.callerWaitMs,
    },
    ears: {},
    floor: { phase: 'free' },
    replies: {},
    conversation: EMPTY_CONVERSATION,
    flow: atNode(settings.startNode),
    tools: {},
    resumption: null,
    recording: 'none',
    switching: {
      inUse: {
        stt: settings.providers.stt[0] ?? '',
        llm: settings.providers.llm[0] ?? '',
        tts: settings.providers.tts[0] ?? '',
      },
      lastHeard: null,
      heard: null,
      seenTurnId: null,
    },
    awaitsFirstUtterance: !settings.resumes,
    patience: FULL_TRUST,
    idle: NOT_IDLE,
    speculation: { turnId: null, made: 0, refusedWords: '' },
    lastSpoken: { text: '', atMs: Number.NEGATIVE_INFINITY, isQuestion: false },
    kept: [],
    toldAgentState: null,
    toldVoiceState: null,
    spentUsd: 0,
    counts: {
      turns: 0,
      replies: 0,
      droppedEvents: 0,
      falseHolds: 0,
      echoes: 0,
      reopenedRecognisers: 0,
      speculations: 0,
      usedSpeculations: 0,
    },
  };
}

/** The call has cost as much as it may: nothing more is asked of a model. */
export function isOverCeiling({ settings, spentUsd }: CallState): boolean {
  const { maxCostUsd } = settings.pipeline;
  return maxCostUsd !== null && spentUsd >= maxCostUsd;
}

/** The open reply, of which there is at most one; a speculative one is none yet. */
export function openReplyOf(state: CallState): Reply | null {
  return Object.values(state.replies).find(({ phase }) => phase.phase !== 'speculating') ?? null;
}

/** The reply that is made on a guess, of which there is at most one. */
export function speculativeReplyOf(state: CallState): SpeculativeReply | null {
  return Object.values(state.replies).find(isSpeculative) ?? null;
}

export type SpeculativeReply = Reply & { readonly phase: { readonly phase: 'speculating' } };

export function isSpeculative(reply: Reply): reply is SpeculativeReply {
  return reply.phase.phase === 'speculating';
}
