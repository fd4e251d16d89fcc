import type { CallEvent } from '@parley/contracts/call-event';
import { WAIT } from './settings.ts';
import type { Step } from './step.ts';

/** Tools that start and finish, and the node of the flow that the call is at. */
export function onToolsAndFlow(step: Step, event: CallEvent): void {
  switch (event.type) {
    case 'toolStarted': {
      const { toolCallId, isCancellable } = event.data;
      const tool = { isCancellable, endsAtMs: step.atMs + WAIT.toolMs };
      return step.set({ tools: { ...step.state.tools, [toolCallId]: tool } });
    }
    case 'toolFinished':
      return Object.hasOwn(step.state.tools, event.data.toolCallId)
        ? forget(step, event.data.toolCallId)
        : step.drop();
    case 'nodeEntered': {
      return step.set({ flow: event.data });
    }
    default:
      return;
  }
}

/** Tools that have run for longer than any does. */
export function expireTools(step: Step): void {
  for (const [toolCallId, { endsAtMs }] of Object.entries(step.state.tools)) {
    if (step.atMs >= endsAtMs) forget(step, toolCallId);
  }
}

function forget(step: Step, toolCallId: string): void {
  const { [toolCallId]: _ended, ...tools } = step.state.tools;
  step.set({ tools });
}
