import type { CallSummary, RecordedTurn } from '@parley/contracts/call-record';

/** What was stored of a call: its row as it is now, and turns that are new or changed. */
export interface CallChange {
  readonly call: CallSummary;
  readonly ownerKeyId: string | null;
  readonly turns: readonly RecordedTurn[];
}
