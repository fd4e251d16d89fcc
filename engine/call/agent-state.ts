import { isAudible } from '../reply/reply.ts';
import { isMuted } from './muting.ts';
import { isLimitLine } from './replies.ts';
import type { CallState } from './state.ts';
import { openReplyOf } from './state.ts';
import type { Step } from './step.ts';

type ToldState = 'initializing' | 'listening' | 'thinking' | 'speaking';

/** Tells the room what the agent does, when that has changed. */
export function tellAgentState(step: Step): void {
  if (step.state.call.phase === 'ended') return;
  const state = agentState(step.state);
  if (state === step.state.toldAgentState) return;
  step.set({ toldAgentState: state });
  step.emit({ type: 'setAgentState', data: { state } });
}

function agentState(state: CallState): ToldState {
  if (state.call.phase === 'opening') return 'initializing';
  const reply = openReplyOf(state);
  if (reply !== null && isAudible(reply)) return 'speaking';
  const isThinking = state.floor.phase === 'owed' || (reply !== null && reply.phase.phase !== 'stopping');
  return isThinking ? 'thinking' : 'listening';
}

/** Tells the room what pages with ears of their own need, when that has changed. */
export function tellVoiceState(step: Step): void {
  const { state } = step;
  if (state.call.phase === 'ended') return;
  const reply = openReplyOf(state);
  const mayInterrupt = state.settings.turn.allowInterruptions && !isMuted(step);
  const isInterruptible =
    state.call.phase === 'live' && mayInterrupt && !(reply !== null && isLimitLine(reply));
  const isHeld = reply?.phase.phase === 'held';
  const told = state.toldVoiceState;
  if (told !== null && told.isInterruptible === isInterruptible && told.isHeld === isHeld) return;
  step.set({ toldVoiceState: { isInterruptible, isHeld } });
  step.emit({ type: 'setVoiceState', data: { isInterruptible, isHeld } });
}
