import { draftText, type TurnDraft } from './draft.ts';

/** Speech shorter than this, in ms, may be a cough: a recogniser has a right to say nothing of it. */
const SPEECH_MS = 600;

/** Whether a recogniser that was asked for words and gave no sign should be thought deaf. */
export function isDeafTo(draft: TurnDraft, lastSpeechAtMs: number): boolean {
  const hasSign = draftText(draft) !== '' || draft.finals.length > 0 || draft.rejectedWordCount > 0;
  return !hasSign && lastSpeechAtMs - draft.startedAtMs >= SPEECH_MS;
}
