import type { CallEvent } from '@parley/contracts/call-event';
import type { RecordingPhase } from '@parley/contracts/carried-call';
import { wordsOf } from '../turn/draft.ts';
import { consentLines } from '../turn/phrases/consent-lines.ts';
import { consistsOf, phraseListsFor } from '../turn/phrases/phrase-lists.ts';
import { speakConsentLine } from './replies.ts';
import type { Step } from './step.ts';

/** Whether the call's sound is kept: from its first moment, after consent, and as somebody asks who may. */
export function onRecording(
  step: Step,
  event: Extract<CallEvent, { type: 'callStarted' | 'callResumed' | 'recordingRequested' }>,
): void {
  const { settings, recording } = step.state;
  switch (event.type) {
    case 'callStarted':
      // A resumed call first hears what its recording was doing.
      return settings.resumes ? undefined : recordFromHere(step);
    case 'callResumed':
      return recording === 'none' ? undefined : enter(step, recording);
    case 'recordingRequested':
      if (recording === 'none' || recording === event.data.state) return;
      // Who has not agreed, or has refused, is not recorded because somebody else wants it.
      if (recording === 'refused' || (recording === 'waiting' && event.data.state === 'paused')) return;
      return enter(step, event.data.state);
  }
}

/** Begins the recording as the agent's settings say. */
export function recordFromHere(step: Step): void {
  const { recording } = step.state.settings;
  if (recording !== 'none') enter(step, recording === 'afterConsent' ? 'waiting' : 'on');
}

/** A caller who was asked whether the call may be recorded, and answers that and nothing else, is not asked of the model. */
export function heedConsent(step: Step): void {
  const { recording, floor, conversation, settings } = step.state;
  if (recording !== 'waiting' || floor.phase !== 'owed') return;
  const turn = conversation.items.findLast((item) => item.kind === 'turn' && item.turnId === floor.turnId);
  if (turn?.kind !== 'turn') return;
  const { assents } = phraseListsFor(settings.language, settings.phrases);
  const { yes, no, agreed, refused } = consentLines(settings.language);
  const words = wordsOf(turn.text);
  const isNo = consistsOf(words, no);
  if (!isNo && !consistsOf(words, [...yes, ...assents])) return;
  step.set({ floor: { phase: 'free' } });
  enter(step, isNo ? 'refused' : 'on');
  speakConsentLine(step, isNo ? refused : agreed);
}

function enter(step: Step, phase: Exclude<RecordingPhase, 'none'>): void {
  step.set({ recording: phase });
  step.emit({ type: 'setRecording', data: { state: phase } });
}
