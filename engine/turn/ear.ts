import type { ParticipantId } from '@parley/contracts/ids';
import type { PipelineSettings } from '@parley/contracts/pipeline-settings';
import type { TurnDraft } from './draft.ts';
import type { Pause } from './end-of-turn.ts';
import { limitReachedAtMs } from './turn-limit.ts';

/** Whether a participant is there to be heard. */
export type Presence =
  | { readonly phase: 'joined'; readonly listeningBy: number }
  | { readonly phase: 'listening' }
  /** The network dropped; the call ends at the deadline unless they return. */
  | { readonly phase: 'lost'; readonly endsAtMs: number };

/** Where one participant is in speaking. */
export type Hearing =
  | { readonly phase: 'quiet' }
  | {
      readonly phase: 'speaking';
      readonly draft: TurnDraft;
      /** When speech alone will have lasted long enough to hold the agent; null: it has, or words are wanted. */
      readonly holdAtMs: number | null;
    }
  /** Silent within a turn. */
  | {
      readonly phase: 'pausing';
      readonly draft: TurnDraft;
      readonly pause: Pause;
      readonly hasAskedFinal: boolean;
      /** The recogniser said nothing and was opened anew for this pause. */
      readonly hasReopened: boolean;
    }
  /** Half-duplex: speaks over the agent and is not taken. */
  | { readonly phase: 'ignoring' };

/** What a final that was asked for belongs to: the open draft, a turn that is over, or speech that is not taken. */
export type OwedFinal = 'draft' | 'endedTurn' | 'ignoredSpeech';

/** One participant's ear: what the call knows of what that person says. */
export interface Ear {
  readonly participantId: ParticipantId;
  readonly presence: Presence;
  readonly hearing: Hearing;
  /** Finals asked for that have not come, in the order in which they were asked for. */
  readonly owedFinals: readonly OwedFinal[];
}

export function openEar(participantId: ParticipantId, listeningBy: number): Ear {
  return {
    participantId,
    presence: { phase: 'joined', listeningBy },
    hearing: { phase: 'quiet' },
    owedFinals: [],
  };
}

export function awaitsFinal(ear: Ear): boolean {
  return ear.owedFinals.includes('draft');
}

export function draftOf(ear: Ear): TurnDraft | null {
  return ear.hearing.phase === 'speaking' || ear.hearing.phase === 'pausing' ? ear.hearing.draft : null;
}

/** Back to quiet; what the recogniser still owes belongs to nothing any more. */
export function quieten(ear: Ear): Ear {
  return {
    ...ear,
    hearing: { phase: 'quiet' },
    owedFinals: ear.owedFinals.map((owed) => (owed === 'draft' ? 'endedTurn' : owed)),
  };
}

/** The instant at which an ear wants to be woken, or null. */
export function earWakeAtMs(ear: Ear, limit: PipelineSettings['userTurnLimit']): number | null {
  const { hearing, presence } = ear;
  const times: number[] = [];
  if (presence.phase === 'lost') times.push(presence.endsAtMs);
  if (presence.phase === 'joined') times.push(presence.listeningBy);
  if (hearing.phase === 'speaking') {
    if (hearing.holdAtMs !== null) times.push(hearing.holdAtMs);
    const limitAtMs = limitReachedAtMs(hearing.draft, limit);
    if (limitAtMs !== null) times.push(limitAtMs);
  }
  if (hearing.phase === 'pausing') {
    if (!hearing.hasAskedFinal) times.push(hearing.pause.finalizeAtMs);
    else times.push(awaitsFinal(ear) ? hearing.pause.givesUpAtMs : hearing.pause.endsAtMs);
  }
  return times.length === 0 ? null : Math.min(...times);
}
