import { nextWakeAtMs } from '../call/deadlines.ts';
import { type CallState, openReplyOf } from '../call/state.ts';
import { draftText } from '../turn/draft.ts';
import { draftOf, type Ear } from '../turn/ear.ts';
import { formatSeconds } from './format-step.ts';

/** What is known of a call, in words, a line each: where the call, its listeners, its reply and its deadline are. */
export function describeState(state: CallState): readonly string[] {
  const { call, floor, kept } = state;
  const reply = openReplyOf(state);
  const wakeAtMs = nextWakeAtMs(state);
  return [
    call.phase === 'opening'
      ? `the call is opening, its pipeline ${call.pipeline.phase}`
      : `the call is ${call.phase}`,
    ...Object.values(state.ears).map(describeEar),
    reply === null
      ? 'the agent has no reply open'
      : `reply ${reply.replyId} (${reply.cause.kind === 'line' ? reply.cause.line : `answer to ${reply.cause.turnId}`}) is ${reply.phase.phase} until ${formatSeconds(reply.phase.endsAtMs)}`,
    ...(floor.phase === 'owed' ? [`turn ${floor.turnId} waits for its answer`] : []),
    ...kept.map(({ text }) => `"${text}" is kept until the agent may answer it`),
    wakeAtMs === null ? 'nothing is waited for' : `the next deadline is at ${formatSeconds(wakeAtMs)}`,
  ];
}

function describeEar(ear: Ear): string {
  const draft = draftOf(ear);
  const words = draft === null ? '' : draftText(draft);
  const said = words === '' ? '' : ` having said "${words}"`;
  return `${ear.participantId} is ${ear.presence.phase} and ${ear.hearing.phase}${said}`;
}
