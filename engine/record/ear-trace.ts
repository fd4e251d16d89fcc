import type { TurnId } from '@parley/contracts/ids';
import type { EarEvent } from '../turn/ear-event.ts';
import { add, inOrder, type NewestFirst } from './newest-first.ts';
import { type Growth, type Span, type Spoken, spokenOf } from './spoken.ts';
import { countWords } from './words.ts';

/** What is known of one participant's speech. Instants are on the call clock. */
export interface EarTrace {
  readonly transport: Transport | null;
  readonly draft: DraftTrace;
  /** Drafts that ended with words since this participant's last turn: a turn is made of one or more of them. */
  readonly ended: NewestFirst<EndedDraft>;
}

/** How long sound takes between a participant and the agent, in ms. */
export interface Transport {
  readonly toEarMs: number;
  readonly fromMouthMs: number;
}

/** The turn that a participant is in the middle of, and whatever was heard since the one before. */
export interface DraftTrace {
  readonly turnId: TurnId | null;
  /** What the page was shown of it last. */
  readonly text: string;
  readonly shownAtMs: number;
  readonly spans: NewestFirst<Span>;
  readonly growth: NewestFirst<Growth>;
  /** Words were said that could not be understood. */
  readonly hasRejected: boolean;
  readonly lastFinalAtMs: number | null;
}

export interface EndedDraft extends Spoken {
  readonly turnId: TurnId;
  readonly text: string;
  readonly endedAtMs: number;
  /** Null while the participant was still speaking. */
  readonly lastSpeechAtMs: number | null;
  readonly lastFinalAtMs: number | null;
  /** When the engine took it as over. */
  readonly closedAtMs: number;
}

const NO_DRAFT: DraftTrace = {
  turnId: null,
  text: '',
  shownAtMs: 0,
  spans: null,
  growth: null,
  hasRejected: false,
  lastFinalAtMs: null,
};
export const EMPTY_EAR: EarTrace = { transport: null, draft: NO_DRAFT, ended: null };

/**
 * Speech without words that ended so long before the next is not of the same turn, in ms. Source: the longest wait of a
 * turn for a final (1,500 ms) after the silence at which it is asked for.
 */
const WORDLESS_GAP_MS = 2_000;

/** Speech and finals of a participant. */
export function traceEar(ear: EarTrace, event: EarEvent, atMs: number): EarTrace {
  const { draft } = ear;
  switch (event.type) {
    case 'speechStarted': {
      if (isOpen(draft.spans)) return ear;
      const current = wasNoTurn(draft, atMs) ? NO_DRAFT : draft;
      return {
        ...ear,
        draft: { ...current, spans: add(current.spans, { startedAtMs: atMs, endedAtMs: null }) },
      };
    }
    case 'speechEnded': {
      const endedAtMs = Math.round(event.lastSoundAtMs ?? event.lastSpeechAtMs);
      return { ...ear, draft: { ...draft, spans: closed(draft.spans, Math.min(endedAtMs, atMs)) } };
    }
    case 'final': {
      const hasRejected = draft.hasRejected || event.final.outcome === 'rejected';
      return { ...ear, draft: { ...draft, hasRejected, lastFinalAtMs: atMs } };
    }
    case 'speechHeld':
    case 'interim':
    case 'scored':
    case 'timePassed':
      return ear;
  }
}

/** The page was shown what a participant has said of a turn so far. */
export function traceCaption(
  ear: EarTrace,
  caption: { readonly turnId: TurnId; readonly text: string; readonly isFinal: boolean },
  atMs: number,
  isInterim: boolean,
): EarTrace {
  const draft = ear.draft.turnId === caption.turnId ? ear.draft : draftFor(ear.draft, caption.turnId);
  const words = countWords(caption.text);
  const hasGrown = words > (draft.growth?.item.words ?? 0);
  // A recogniser of whole utterances tells of them in the pause after, and of no word's own time.
  const whileSpoken = isInterim && isOpen(draft.spans);
  const growth = hasGrown ? add(draft.growth, { words, atMs, isInterim: whileSpoken }) : draft.growth;
  const shown = { ...draft, growth, text: caption.text, shownAtMs: atMs };
  if (!caption.isFinal) return { ...ear, draft: shown };
  const ended = endDraft(shown, caption.turnId, atMs);
  return { ...ear, draft: restOf(shown, atMs), ended: add(ear.ended, ended) };
}

/** The draft ends without words that were shown: what it held is a turn without any, or nothing. */
export function endWordless(
  ear: EarTrace,
  turnId: TurnId,
  atMs: number,
): { readonly ear: EarTrace; readonly ended: EndedDraft } {
  const ended = endDraft({ ...ear.draft, text: '' }, turnId, atMs);
  return { ear: { ...ear, draft: restOf(ear.draft, atMs) }, ended };
}

/** A process that is lost takes along what was being said, and how long the way was. */
export function forgetDraft(ear: EarTrace): EarTrace {
  return { ...ear, draft: NO_DRAFT, transport: null };
}

/** What was shown of a draft that did not end; null where nothing was, or where it turned out to be no words. */
export function unfinishedOf({ draft }: EarTrace, atMs: number): EndedDraft | null {
  const { turnId, text, shownAtMs, lastFinalAtMs } = draft;
  if (turnId === null || text === '' || (lastFinalAtMs ?? 0) > shownAtMs) return null;
  return endDraft(draft, turnId, atMs);
}

function endDraft(
  { spans, growth, lastFinalAtMs, text }: DraftTrace,
  turnId: TurnId,
  atMs: number,
): EndedDraft {
  const spoken = spokenOf(text, inOrder(spans), inOrder(growth), atMs);
  const lastSpeechAtMs = spans === null ? null : spans.item.endedAtMs;
  return { turnId, text, ...spoken, lastSpeechAtMs, lastFinalAtMs, closedAtMs: atMs };
}

/** Who is cut off goes on: the next turn begins there. */
function restOf({ spans }: DraftTrace, atMs: number): DraftTrace {
  return isOpen(spans) ? { ...NO_DRAFT, spans: add(null, { startedAtMs: atMs, endedAtMs: null }) } : NO_DRAFT;
}

/** What an earlier draft that was never shown to its end, such as an echo, has left does not belong to the next. */
function draftFor(draft: DraftTrace, turnId: TurnId): DraftTrace {
  const { spans, growth, turnId: before } = draft;
  if (before === null) return { ...draft, turnId };
  const lastShownAtMs = growth?.item.atMs ?? 0;
  const own = inOrder(spans).filter(({ startedAtMs }) => startedAtMs > lastShownAtMs);
  const latest = own.length > 0 ? own : spans === null ? [] : [spans.item];
  return {
    ...NO_DRAFT,
    turnId,
    spans: latest.reduce<NewestFirst<Span>>(add, null),
    lastFinalAtMs: draft.lastFinalAtMs,
  };
}

/** What was heard before was noise or an echo: it was final and nothing of it was shown, or it is too long ago. */
function wasNoTurn({ spans, growth, hasRejected, lastFinalAtMs }: DraftTrace, atMs: number): boolean {
  if (spans === null || growth !== null) return false;
  if (lastFinalAtMs !== null && !hasRejected) return true;
  return atMs - (spans.item.endedAtMs ?? atMs) > WORDLESS_GAP_MS;
}

function isOpen(spans: NewestFirst<Span>): boolean {
  return spans !== null && spans.item.endedAtMs === null;
}

function closed(spans: NewestFirst<Span>, endedAtMs: number): NewestFirst<Span> {
  if (spans === null || spans.item.endedAtMs !== null) return spans;
  const { startedAtMs } = spans.item;
  return add(spans.before, { startedAtMs, endedAtMs: Math.max(startedAtMs, endedAtMs) });
}
