import type { TurnId } from '@parley/contracts/ids';

/** What one participant has said of a turn that is not over. */
export interface TurnDraft {
  readonly turnId: TurnId;
  readonly startedAtMs: number;
  /** Final texts so far, one an utterance. */
  readonly finals: readonly string[];
  /** Text of the utterance that has no final yet. */
  readonly interim: string;
  /** Words that were said and could not be understood. */
  readonly rejectedWordCount: number;
}

export function openDraft(turnId: TurnId, atMs: number): TurnDraft {
  return { turnId, startedAtMs: atMs, finals: [], interim: '', rejectedWordCount: 0 };
}

export interface FinalTranscript {
  readonly text: string;
  readonly outcome: 'words' | 'silence' | 'rejected';
  readonly wordCount: number;
}

export function addFinal(draft: TurnDraft, final: FinalTranscript): TurnDraft {
  switch (final.outcome) {
    case 'words':
      return { ...draft, interim: '', finals: [...draft.finals, final.text.trim()] };
    case 'rejected':
      return { ...draft, interim: '', rejectedWordCount: draft.rejectedWordCount + final.wordCount };
    case 'silence':
      return { ...draft, interim: '' };
  }
}

/** All words so far, finals and interim. */
export function draftText(draft: TurnDraft): string {
  return [...draft.finals, draft.interim.trim()].filter((text) => text !== '').join(' ');
}

/** Lower-case words without punctuation; apostrophes and hyphens within a word stay. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[^\p{L}\p{N}\p{M}'-]+/u)
    .map((word) => word.replace(/^['-]+|['-]+$/g, ''))
    .filter((word) => word !== '');
}
