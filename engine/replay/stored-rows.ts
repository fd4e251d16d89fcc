import { type CallCommand, callCommandData } from '@parley/contracts/call-event';
import type { StoredCall, StoredCommand } from './read-journal.ts';
import { type TimelineRow, timelineRow } from './timeline.ts';

/** The table of a test cannot be made: the call had commands that this engine does not know. */
export interface ForeignCommand {
  readonly kind: 'foreignCommand';
  readonly seq: number;
  readonly type: string;
}

/**
 * The steps of a stored call as rows with the commands of the journal. Events that this engine does not know are left
 * out, and so is a last step whose commands may be cut off.
 */
export function storedRows({
  steps,
  isCut,
}: StoredCall): { readonly kind: 'rows'; readonly rows: readonly TimelineRow[] } | ForeignCommand {
  const rows: TimelineRow[] = [];
  for (const { event, commands, seq } of isCut ? steps.slice(0, -1) : steps) {
    if (event === null) continue;
    const foreign = commands.find((command) => !isKnown(command));
    if (foreign !== undefined) return { kind: 'foreignCommand', seq, type: foreign.type };
    rows.push(timelineRow(event, commands));
  }
  return { kind: 'rows', rows };
}

function isKnown({ type, data }: StoredCommand): boolean {
  return (
    Object.hasOwn(callCommandData, type) &&
    callCommandData[type as CallCommand['type']].safeParse(data).success
  );
}
