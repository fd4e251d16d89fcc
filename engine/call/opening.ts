import type { CallEvent } from '@parley/contracts/call-event';
import { endCall } from './ending.ts';
import { speakLine } from './replies.ts';
import { goOn } from './resuming.ts';
import { WAIT } from './settings.ts';
import type { Resumption } from './state.ts';
import type { Step } from './step.ts';

/** The pipeline's gate. */
export function onPipeline(step: Step, event: CallEvent): void {
  if (event.type === 'pipelineFailed') return endCall(step, 'agent_failed');
  const { call } = step.state;
  if (event.type === 'pipelineReady' && call.phase === 'opening') {
    step.set({ call: { ...call, pipeline: { phase: 'ready' } } });
  }
}

/** Once both gates are open the call is live, and the agent speaks first. */
export function openCall(step: Step): void {
  const { call, ears, settings } = step.state;
  if (call.phase !== 'opening' || call.pipeline.phase !== 'ready') return;
  if (!Object.values(ears).some(({ presence }) => presence.phase === 'listening')) return;
  const endsAtMs = step.state.resumption?.endsAtMs ?? step.atMs + WAIT.callMs;
  step.set({ call: { phase: 'live', endsAtMs } });
  // Nobody was greeted yet where the earlier generation was lost before the call was live.
  if (settings.resumes && !isUngreeted(step.state.resumption)) goOn(step);
  else speakLine(step, 'greeting');
}

function isUngreeted(resumption: Resumption | null): boolean {
  return resumption !== null && resumption.endsAtMs === null;
}

/** Waits of the call itself that have run out. */
export function expireCall(step: Step): void {
  const { call } = step.state;
  switch (call.phase) {
    case 'opening':
      if (call.callerBy !== null && step.atMs >= call.callerBy) return endCall(step, 'no_caller');
      if (call.pipeline.phase === 'warming' && step.atMs >= call.pipeline.endsAtMs)
        endCall(step, 'agent_failed');
      return;
    case 'live':
      if (step.atMs >= call.endsAtMs) endCall(step, 'time_limit');
      return;
    case 'ended':
      return;
  }
}
