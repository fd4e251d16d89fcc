import { draftText } from '../turn/draft.ts';
import { draftOf } from '../turn/ear.ts';
import { idleWakeAtMs, restartIdle, runIdle } from '../turn/idle.ts';
import { idleLine } from '../turn/phrases/idle-lines.ts';
import { speakIdleLine } from './replies.ts';
import { type CallState, openReplyOf } from './state.ts';
import type { Step } from './step.ts';

/** Words were said, by whomever. */
export function heardWords(step: Step): void {
  step.set({ idle: restartIdle(step.state.idle, step.atMs) });
}

/** Lets the count run while nobody speaks and nothing is under way. */
export function countIdle(step: Step): void {
  const idle = runIdle(step.state.idle, isSilent(step.state), step.atMs);
  if (idle !== step.state.idle) step.set({ idle });
}

/** The step that a caller's silence has come to. */
export function expireIdle(step: Step): void {
  const { idle, settings } = step.state;
  const steps = settings.pipeline.idle;
  const dueAtMs = idleWakeAtMs(idle, steps);
  const due = steps[idle.stepsTaken];
  if (dueAtMs === null || due === undefined || step.atMs < dueAtMs) return;
  step.set({ idle: runIdle({ ...idle, stepsTaken: idle.stepsTaken + 1 }, false, step.atMs) });
  speakIdleLine(step, idleLine(due, settings.language), due.end);
}

function isSilent(state: CallState): boolean {
  if (state.call.phase !== 'live' || openReplyOf(state) !== null || state.floor.phase !== 'free')
    return false;
  if (Object.keys(state.tools).length > 0) return false;
  // Noise is no sign of life; words are, and they restart the count.
  if (isInMidSentence(state)) return false;
  return Object.values(state.ears).some(({ presence }) => presence.phase === 'listening');
}

/** Somebody is saying something, and words of it were understood. */
export function isInMidSentence({ ears }: CallState): boolean {
  return Object.values(ears).some((ear) => {
    const draft = draftOf(ear);
    return draft !== null && draftText(draft) !== '';
  });
}
