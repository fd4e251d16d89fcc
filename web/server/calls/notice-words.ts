import type { CallNotice, CallNoticeCause } from '@parley/contracts/call-notice';

const WORDS: Readonly<Record<CallNoticeCause, string>> = {
  no_worker:
    'No agent can come: no agent worker is connected. If the server was started just now, try again in a few seconds; ' +
    'otherwise start a worker and look at its log.',
  full: 'Every agent is busy with other calls. Try again in a moment; more worker processes take more calls.',
  definition_fault:
    'This agent cannot come: its definition is missing or has a fault. The health page of the server names the fault.',
  agent_failed:
    'The agent was called twice and did not come. Try again; the log of the agent worker says why.',
  agent_lost:
    'The agent was lost in this call and did not come back. Try again; the log of the agent worker says why.',
};

/** A notice in words for a person. */
export function writeNotice(cause: CallNoticeCause): CallNotice {
  return { cause, message: WORDS[cause] };
}
