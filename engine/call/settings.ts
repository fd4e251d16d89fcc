import type { TurnPhrases, TurnSettings } from '@parley/contracts/agent-definition';
import type { PipelineSettings } from '@parley/contracts/pipeline-settings';
import type { SwitchRule } from '@parley/contracts/provider-choice';
import type { PriceTable } from '../cost/price-table.ts';

/** All that a call's decisions depend on besides its events; written to the journal's header. */
export interface CallSettings {
  readonly generation: number;
  /** A caller was with an earlier generation when it was lost. */
  readonly resumes: boolean;
  /** BCP 47 tag. */
  readonly language: string;
  readonly turn: TurnSettings;
  /** The agent's own, beside those of its language. */
  readonly phrases: TurnPhrases;
  readonly pipeline: PipelineSettings;
  /** Of the agent's providers, where it has a ceiling to hold. */
  readonly prices: PriceTable;
  /** Spoken first. */
  readonly greeting: string;
  /** Spoken instead of the greeting where the call is resumed. */
  readonly resumeLine: string;
  /** Spoken when an answer could not be made. */
  readonly apology: string;
  /** The script step or flow node in which the call begins; empty where the agent has neither. */
  readonly startNode: string;
  /** Silence after speech at which the recogniser is asked for its final, in ms. Source: its capabilities. */
  readonly finalizeAfterSilenceMs: number;
  /** The recogniser gives words while the caller speaks. */
  readonly givesInterims: boolean;
  /** A recogniser that gives no sign of speech is opened anew. Source: its capabilities. */
  readonly reopensDeafStt: boolean;
  /** There is an end-of-turn model to ask. */
  readonly scoresEndOfTurn: boolean;
  /** Who may fulfil each stage, as `provider/model`; the first does when the call begins. */
  readonly providers: Readonly<Record<'stt' | 'llm' | 'tts', readonly string[]>>;
  /** When the call changes providers by itself: those whose hours the call began in. */
  readonly switchRules: readonly SwitchRule[];
  /** Call clock at which this generation begins; 0 for the first. */
  readonly startsAtMs: number;
  /** Whether sound is kept, and whether the caller is asked first. */
  readonly recording: 'none' | 'unasked' | 'afterConsent';
  /** Asks for that consent. */
  readonly consentLine: string;
  /** How long the agent waits for its first caller, in ms. */
  readonly callerWaitMs: number;
}

/** Waits that are the same for every agent, in ms. */
export const WAIT = {
  /** Stages that are not ready by then never will be. */
  pipelineMs: 20_000,
  /** A caller who is there but whose subscription is never told is greeted all the same. */
  listeningMs: 10_000,
  /** A caller whose network was lost may return. Source: LiveKit's departure timeout. */
  departureMs: 20_000,
  /** Longest call. Source: the field's usual limit (Retell 1 h). */
  callMs: 3_600_000,
  /** From the request to the model's first words. Source: peers' default attempt limits (10 s). */
  firstTextMs: 10_000,
  /** From the first words until they are given to the voice, though their clause goes on. Source: the brief of the field, 100 to 200 ms. */
  firstClauseMs: 150,
  /** From the first words to their first sound. */
  firstSoundMs: 5_000,
  /** Longest gap in a reply's sound. */
  stallMs: 8_000,
  /** From the wish to stop until playout has told what was heard. */
  stoppingMs: 500,
  /** A final that has not come by then, after the turn's wait, is not waited for. */
  finalMs: 1_500,
  /** The same for a caller whom the agent interrupts: the words so far are there. */
  finalOfCutMs: 300,
  /** A recogniser that was opened anew hears the turn again, faster than it was spoken. */
  reopenedFinalMs: 3_000,
  /** Longest run of a tool; one that has not ended by then mutes nobody any more. Source: the field's longest (60 s). */
  toolMs: 60_000,
} as const;
