import type { TurnId } from '@parley/contracts/ids';
import type { CallSettings } from '../call/settings.ts';
import type { TurnDraft } from './draft.ts';
import type { Ear } from './ear.ts';
import type { AskedFor } from './end-of-turn.ts';
import type { HoldRule } from './patience.ts';

/** What an ear's phases may look at besides the ear. */
export interface HearingContext {
  readonly atMs: number;
  readonly settings: CallSettings;
  /** The agent can be heard right now. */
  readonly isAgentAudible: boolean;
  /** What speech must do before the agent falls silent for it. */
  readonly holdRule: HoldRule;
  readonly askedFor: AskedFor;
  /** Name of the next turn; taken by the phase that opens one. */
  readonly nextTurnId: TurnId;
}

/** What an ear tells the rest of the call, within the same step. */
export type TurnSignal =
  | { readonly type: 'turnOpened' }
  | { readonly type: 'finalWanted' }
  | { readonly type: 'scoreWanted' }
  | { readonly type: 'recogniserDeaf' }
  | { readonly type: 'speechHeld' }
  | { readonly type: 'speechPaused'; readonly lastSpeechAtMs: number }
  /** Words were added or replaced. `isFinal`: no further word is expected unless the participant goes on. */
  | { readonly type: 'wordsChanged'; readonly draft: TurnDraft; readonly isFinal: boolean }
  | { readonly type: 'turnEnded'; readonly draft: TurnDraft };

export interface Heard {
  readonly ear: Ear;
  readonly signals: readonly TurnSignal[];
}

export function unchanged(ear: Ear): Heard {
  return { ear, signals: [] };
}
