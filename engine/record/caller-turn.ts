import type { CallCommand } from '@parley/contracts/call-event';
import type { RecordedTurn, WordMark } from '@parley/contracts/call-record';
import type { CommittedTurn } from './committed-turn.ts';
import { type EarTrace, EMPTY_EAR, type EndedDraft, endWordless } from './ear-trace.ts';
import type { NewestFirst } from './newest-first.ts';

type RecordedData = Extract<CallCommand, { type: 'recordTurn' }>['data'];

/** What the commit of a participant's turn adds to the record. */
export interface CommittedSpeech {
  readonly turn: RecordedTurn;
  readonly committed: CommittedTurn;
  readonly ear: EarTrace;
}

/** A typed message. */
export function typedTurn(data: RecordedData, ear: EarTrace, atMs: number): CommittedSpeech {
  return {
    turn: callerTurn(data, { startedAtMs: atMs, endedAtMs: atMs, marks: [], areMarksEstimated: false }),
    committed: { ...namesOf(data), committedAtMs: atMs, lastSpeechAtMs: null, lastFinalAtMs: null },
    ear,
  };
}

/** A turn that was spoken: the draft that has just ended, and before it what was kept. */
export function spokenTurn(data: RecordedData, known: EarTrace | undefined, atMs: number): CommittedSpeech {
  const before = known ?? EMPTY_EAR;
  const drafts = draftsOf(data.text, before.ended);
  if (drafts.length === 0) {
    const { ear, ended } = endWordless(before, data.turnId, atMs);
    return commit(data, [ended], { ...ear, ended: null }, atMs);
  }
  return commit(data, drafts, { ...before, ended: null }, atMs);
}

function commit(
  data: RecordedData,
  drafts: readonly EndedDraft[],
  ear: EarTrace,
  atMs: number,
): CommittedSpeech {
  const [first, last] = [drafts[0], drafts.at(-1)];
  if (first === undefined || last === undefined) return typedTurn(data, ear, atMs);
  // What waited until the agent had finished is not answered after a pause of the caller.
  const isFresh = last.closedAtMs === atMs && last.turnId === data.turnId;
  return {
    turn: callerTurn(data, {
      startedAtMs: first.startedAtMs,
      endedAtMs: last.endedAtMs,
      marks: joinedMarks(drafts),
      areMarksEstimated: drafts.some(({ areMarksEstimated }) => areMarksEstimated),
    }),
    committed: {
      ...namesOf(data),
      committedAtMs: atMs,
      lastSpeechAtMs: isFresh ? last.lastSpeechAtMs : null,
      lastFinalAtMs: isFresh ? last.lastFinalAtMs : null,
    },
    ear,
  };
}

/** The ended drafts that the text is made of, the oldest first; others were noted and not answered. */
function draftsOf(text: string, ended: NewestFirst<EndedDraft>): readonly EndedDraft[] {
  const drafts: EndedDraft[] = [];
  let rest = text;
  for (let link = ended; link !== null && rest !== ''; link = link.before) {
    if (!rest.endsWith(link.item.text)) continue;
    drafts.push(link.item);
    rest = rest.slice(0, rest.length - link.item.text.length).trimEnd();
  }
  return drafts.reverse();
}

function joinedMarks(drafts: readonly EndedDraft[]): WordMark[] {
  const marks: WordMark[] = [];
  let offset = 0;
  for (const draft of drafts) {
    for (const { charEnd, atMs } of draft.marks) marks.push({ charEnd: offset + charEnd, atMs });
    offset += draft.text.length + 1;
  }
  return marks;
}

function namesOf({ turnId, participantId }: RecordedData) {
  return { turnId, participantId };
}

function callerTurn(
  { turnId, participantId, text, source, isUnintelligible }: RecordedData,
  spoken: Pick<RecordedTurn, 'startedAtMs' | 'endedAtMs' | 'marks' | 'areMarksEstimated'>,
): RecordedTurn {
  return { role: 'caller', turnId, participantId, text, source, isUnintelligible, ...spoken };
}
