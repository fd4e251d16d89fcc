import type { OverlapKind } from '../talks/talk.ts';

/** What was seen of one label of a talk. Instants are at the caller's ear and mouth. */
export type Observation =
  | {
      readonly kind: 'turn';
      /** Pauses inside the turn, and those of them into which the agent spoke. */
      readonly pauses: number;
      readonly cutIns: number;
      /** From the caller's last sound to the first of the answer; null: none came. */
      readonly responseGapMs: number | null;
    }
  | {
      readonly kind: 'bargeIn';
      /** From the caller's first sound to the agent's last; null: the agent was silent by itself. */
      readonly stopMs: number | null;
      readonly responseGapMs: number | null;
    }
  /** A sound after which the agent should have gone on. */
  | {
      readonly kind: 'overlap';
      readonly of: OverlapKind;
      /** The agent fell silent for it. */
      readonly isHeld: boolean;
      /** It was cut for good. */
      readonly isStopped: boolean;
    };

/** What must never be, in all talks together. */
export interface Faults {
  /** The caller was not heard again in time. */
  readonly deadlocks: number;
  /** Two answers to one turn, or two voices at once. */
  readonly doubleReplies: number;
  /** Words that the model is told as said, and nobody heard; null where that cannot be seen. */
  readonly unheardWordsKept: number | null;
}
