import type { KeptWords } from '@parley/contracts/carried-call';
import type { ParticipantId } from '@parley/contracts/ids';
import { wordsOf } from '../turn/draft.ts';
import { draftOf } from '../turn/ear.ts';
import { type MuteReason, muteReasonOf } from '../turn/mute.ts';
import { consistsOf, phraseListsFor } from '../turn/phrases/phrase-lists.ts';
import { commitTurn } from './commit-turn.ts';
import { openReplyOf } from './state.ts';
import type { Step } from './step.ts';

/** Why the caller is muted now, or null. */
export function muteReason({ state }: Step): MuteReason | null {
  return muteReasonOf(state.settings.turn, {
    awaitsFirstUtterance: state.awaitsFirstUtterance,
    runsTool: Object.keys(state.tools).length > 0,
    nodeMutesUser: state.flow.mutesUser,
  });
}

export function isMuted(step: Step): boolean {
  return muteReason(step) !== null;
}

/** The agent's first utterance is over, heard or not. */
export function unmuteAfterUtterance(step: Step): void {
  if (step.state.awaitsFirstUtterance) step.set({ awaitsFirstUtterance: false });
}

/** Keeps words that were said while they could not be answered. An acknowledgement asks for no answer. */
export function keepWords(step: Step, words: KeptWords): void {
  const { language, phrases } = step.state.settings;
  const { backchannels, assents } = phraseListsFor(language, phrases);
  if (consistsOf(wordsOf(words.text), [...backchannels, ...assents])) return;
  step.set({ kept: [...step.state.kept, words] });
}

/** What a participant has said: the words that are kept, and after them those of the turn. */
export function wordsSaid({ state }: Step, participantId: ParticipantId, text: string): string {
  const kept = state.kept.filter((words) => words.participantId === participantId);
  return [...kept.map((words) => words.text), text].filter((part) => part !== '').join(' ');
}

/** What a participant said before and was not answered, in order; it is kept no longer. */
export function takeKept(step: Step, participantId: ParticipantId): readonly KeptWords[] {
  const taken = step.state.kept.filter((words) => words.participantId === participantId);
  if (taken.length > 0)
    step.set({ kept: step.state.kept.filter((words) => words.participantId !== participantId) });
  return taken;
}

/** Answers kept words once nobody speaks; who is speaking gets them with the end of the turn. */
export function deliverKept(step: Step): void {
  if (isMuted(step) || step.state.call.phase !== 'live') return;
  const gone = step.state.kept.find(({ participantId }) => step.ear(participantId) === undefined);
  if (gone !== undefined) takeKept(step, gone.participantId);
  if (openReplyOf(step.state) !== null || step.state.floor.phase === 'owed') return;
  const first = step.state.kept.find(({ participantId }) => isSilent(step, participantId));
  if (first === undefined) return;
  const { participantId } = first;
  const text = wordsSaid(step, participantId, '');
  const { turnId } = takeKept(step, participantId).at(-1) ?? first;
  commitTurn(step, participantId, turnId, { text, source: 'speech', isUnintelligible: false });
}

function isSilent(step: Step, participantId: ParticipantId): boolean {
  const ear = step.ear(participantId);
  return ear !== undefined && draftOf(ear) === null;
}
