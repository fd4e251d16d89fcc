import type { CallCommand } from '@parley/contracts/call-event';
import type { RecordedTurn, WordMark } from '@parley/contracts/call-record';
import type { ParticipantId } from '@parley/contracts/ids';
import type { CommittedTurn } from './committed-turn.ts';
import { type EarTrace, type EndedDraft, endWordless } from './ear-trace.ts';
import { inOrder, type NewestFirst } from './newest-first.ts';

type CallerTurn = Extract<RecordedTurn, { role: 'caller' }>;
type RecordedData = Extract<CallCommand, { type: 'recordTurn' }>['data'];

/** What the commit of a participant's turn adds to the record. */
export interface CommittedSpeech {
  /** The turn, after what was said before and not answered. */
  readonly turns: readonly RecordedTurn[];
  readonly committed: CommittedTurn;
  readonly ear: EarTrace;
}

/** A typed message. */
export function typedTurn(data: RecordedData, ear: EarTrace, atMs: number): CommittedSpeech {
  return {
    turns: [
      callerTurn(data, {
        startedAtMs: atMs,
        endedAtMs: atMs,
        marks: [],
        areMarksEstimated: false,
        hasFloor: true,
      }),
    ],
    committed: { ...namesOf(data), committedAtMs: atMs, lastSpeechAtMs: null, lastFinalAtMs: null },
    ear,
  };
}

/** A turn that was spoken: the draft that has just ended, and before it what was kept. */
export function spokenTurn(data: RecordedData, before: EarTrace, atMs: number): CommittedSpeech {
  const { own, others } = partDrafts(data.text, before.ended);
  const unanswered = unansweredTurns(data.participantId, others);
  const emptied = { ...before, ended: null };
  const [first, last] = [own[0], own.at(-1)];
  if (first !== undefined && last !== undefined)
    return {
      ...committedOf(data, last, atMs),
      turns: [...unanswered, turnOf(data, first, last, own)],
      ear: emptied,
    };
  const { ear, ended } = endWordless(emptied, data.turnId, atMs);
  return {
    ...committedOf(data, ended, atMs),
    turns: [...unanswered, turnOf(data, ended, ended, [ended])],
    ear,
  };
}

/** Drafts that did not take the floor, as turns of their own. */
export function unansweredTurns(
  participantId: ParticipantId,
  drafts: readonly EndedDraft[],
): readonly RecordedTurn[] {
  return drafts.map(({ turnId, text, startedAtMs, endedAtMs, marks, areMarksEstimated }) =>
    callerTurn(
      { participantId, turnId, text, source: 'speech', isUnintelligible: false },
      { startedAtMs, endedAtMs, marks: [...marks], areMarksEstimated, hasFloor: false },
    ),
  );
}

function turnOf(
  data: RecordedData,
  { startedAtMs }: EndedDraft,
  { endedAtMs }: EndedDraft,
  drafts: readonly EndedDraft[],
): RecordedTurn {
  const areMarksEstimated = drafts.some((draft) => draft.areMarksEstimated);
  return callerTurn(data, {
    startedAtMs,
    endedAtMs,
    marks: joinedMarks(drafts),
    areMarksEstimated,
    hasFloor: true,
  });
}

function committedOf(
  data: RecordedData,
  last: EndedDraft,
  atMs: number,
): { readonly committed: CommittedTurn } {
  // What waited until the agent had finished is not answered after a pause of the caller.
  const isFresh = last.closedAtMs === atMs && last.turnId === data.turnId;
  return {
    committed: {
      ...namesOf(data),
      committedAtMs: atMs,
      lastSpeechAtMs: isFresh ? last.lastSpeechAtMs : null,
      lastFinalAtMs: isFresh ? last.lastFinalAtMs : null,
    },
  };
}

/** The ended drafts that the text is made of, and the others, each the oldest first. */
function partDrafts(
  text: string,
  ended: NewestFirst<EndedDraft>,
): { readonly own: readonly EndedDraft[]; readonly others: readonly EndedDraft[] } {
  const own: EndedDraft[] = [];
  const others: EndedDraft[] = [];
  let rest = text;
  for (const draft of inOrder(ended).reverse()) {
    const isOwn = rest !== '' && rest.endsWith(draft.text);
    (isOwn ? own : others).push(draft);
    if (isOwn) rest = rest.slice(0, rest.length - draft.text.length).trimEnd();
  }
  return { own: own.reverse(), others: others.reverse() };
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
  spoken: Omit<CallerTurn, 'role' | keyof RecordedData>,
): RecordedTurn {
  return { role: 'caller', turnId, participantId, text, source, isUnintelligible, ...spoken };
}
