import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { tellAgentState, tellVoiceState } from './agent-state.ts';
import { countCost, heedCeiling } from './ceiling.ts';
import { nextWakeAtMs } from './deadlines.ts';
import { endCall } from './ending.ts';
import { expireFirstClauses } from './first-clauses.ts';
import { expireEars, heedIgnored, onChat, onHearing, onPreConnect } from './hearing.ts';
import { countIdle, expireIdle } from './idling.ts';
import { deliverKept } from './muting.ts';
import { expireCall, onPipeline, openCall } from './opening.ts';
import { expirePresence, onPresence } from './presence.ts';
import { heedConsent, onRecording } from './recording.ts';
import { expireReplies, isReplyEvent, onReply, startAnswer } from './replies.ts';
import { resumeFrom } from './resuming.ts';
import { onSpeculation, settleSpeculation } from './speculation.ts';
import { type CallState, isSpeculative } from './state.ts';
import { Step } from './step.ts';
import { heedSwitchRules, noteLanguage, onSwitching } from './switching.ts';
import { expireTools, onToolsAndFlow } from './tools.ts';

/** Version of the decisions. A journal names it; replaying one of another version says so. */
export const ENGINE_VERSION = '4';

/**
 * Decides a call: from what is known and what happened, what is known next and what is to be done. Pure: the same
 * events give the same commands. After each step the caller wakes it at `nextWakeAtMs` by a `woke` event.
 */
export function reduceCall(
  state: CallState,
  event: CallEvent,
): { readonly state: CallState; readonly commands: readonly CallCommand[] } {
  const step = new Step(state, event.atMs);
  if (state.call.phase === 'ended') {
    step.drop();
    return { state: step.state, commands: step.commands };
  }
  expire(step);
  if (!hasEnded(step)) handle(step, event);
  if (!hasEnded(step)) heedIgnored(step);
  if (!hasEnded(step)) openCall(step);
  if (!hasEnded(step)) deliverKept(step);
  if (!hasEnded(step)) heedConsent(step);
  if (!hasEnded(step)) heedSwitchRules(step);
  if (!hasEnded(step)) heedCeiling(step);
  if (!hasEnded(step)) settleSpeculation(step);
  if (!hasEnded(step)) startAnswer(step);
  countIdle(step);
  tellAgentState(step);
  tellVoiceState(step);
  return { state: step.state, commands: step.commands };
}

/** Lets what is due happen before the event, so that a late timer changes nothing. */
function expire(step: Step): void {
  // A deadline that has passed may set another one that has passed too; each round leaves at least one phase.
  for (let round = 0; round < 8 && !hasEnded(step); round++) {
    const dueAtMs = nextWakeAtMs(step.state);
    if (dueAtMs === null || dueAtMs > step.atMs) return;
    expireCall(step);
    if (!hasEnded(step)) expirePresence(step);
    if (!hasEnded(step)) expireEars(step);
    if (!hasEnded(step)) expireFirstClauses(step);
    if (!hasEnded(step)) expireReplies(step);
    if (!hasEnded(step)) expireTools(step);
    if (!hasEnded(step)) expireIdle(step);
  }
}

function handle(step: Step, event: CallEvent): void {
  if (isReplyEvent(event)) {
    const reply = step.reply(event.data.replyId);
    if (reply !== undefined && isSpeculative(reply)) return onSpeculation(step, reply, event);
    return onReply(step, event);
  }
  switch (event.type) {
    case 'recordingRequested':
      return onRecording(step, event);
    case 'callStarted':
      onSwitching(step, event);
      return onRecording(step, event);
    case 'callResumed':
      resumeFrom(step, event.data);
      onSwitching(step, event);
      return onRecording(step, event);
    case 'providersAsked':
    case 'providerSwitched':
      return onSwitching(step, event);
    case 'usageCounted':
      return countCost(step, event.data);
    case 'transportMeasured':
    case 'recordingIncomplete':
      // Of the record alone: nothing is decided by it.
      return;
    case 'endRequested':
      return endCall(step, event.data.reason);
    case 'chatReceived':
      return onChat(step, event.data.participantId, event.data.text);
    case 'preConnectHeard':
      return onPreConnect(step, event.data);
    case 'toolStarted':
    case 'toolFinished':
    case 'nodeEntered':
      return onToolsAndFlow(step, event);
    case 'pipelineReady':
    case 'pipelineFailed':
      return onPipeline(step, event);
    default:
      if (event.type === 'transcriptFinal') noteLanguage(step, event.data.language);
      onPresence(step, event);
      if (!hasEnded(step)) onHearing(step, event);
  }
}

function hasEnded(step: Step): boolean {
  return step.state.call.phase === 'ended';
}
