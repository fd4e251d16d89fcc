import type { CallCommand } from '@parley/contracts/call-event';
import type { Llm } from '../llm/contract.ts';
import type { LlmCandidate } from '../llm/switched.ts';
import type { ProviderError } from '../runtime/provider-error.ts';
import type { Candidate, Order, Switched } from '../runtime/provider-order.ts';
import type { Stt } from '../stt/contract.ts';
import type { SwitchedStt } from '../stt/switched.ts';
import type { Tts } from '../tts/contract.ts';
import type { TtsCandidate } from '../tts/switched.ts';
import type { EndOfTurn } from '../turn-detector/contract.ts';
import type { Vad } from '../vad/contract.ts';

/**
 * Who may fulfil the stages of one agent's calls, in the order in which they take over; shared by every call of that agent
 * in the process.
 */
export interface StageOrder {
  readonly vad: Vad;
  readonly stt: Order<Candidate<Stt>>;
  readonly llm: Order<LlmCandidate>;
  readonly tts: Order<TtsCandidate>;
  readonly endOfTurn: EndOfTurn;
  /** Has the first voice, and the others, make these lines before they are needed. */
  readonly preload: (lines: {
    readonly first: readonly string[];
    readonly others: readonly string[];
  }) => Promise<void>;
}

/** The stages of one call, each fulfilled by whoever can. */
export interface CallStages {
  readonly vad: Vad;
  readonly stt: SwitchedStt;
  readonly llm: Llm;
  readonly tts: Tts;
  readonly endOfTurn: EndOfTurn;
  /** A voice of `tts`. */
  readonly voice: string;
  /** Others fulfil the stages from here on; a language is not for the stages to change. */
  use(wanted: Extract<CallCommand, { type: 'useProviders' }>['data']): void;
  /** Leaves the providers to their owner. */
  close(): Promise<void>;
}

/** What a call is told of its stages while it runs. */
export interface StageNews {
  readonly onSwitched: (switched: Switched) => void;
  /** A recogniser was lost; another hears on. */
  readonly onHearingLost: (error: ProviderError) => void;
  /** So much sound was given to this recogniser since it was last told, in ms. */
  readonly onHeard: (by: { readonly provider: string; readonly model: string }, audioMs: number) => void;
}
