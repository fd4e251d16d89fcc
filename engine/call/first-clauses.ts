import { openSource, opensAtMs } from '../reply/reply.ts';
import { speak } from './replies.ts';
import { speakFirst } from './speculation.ts';
import { isSpeculative } from './state.ts';
import type { Step } from './step.ts';

/** Gives the voice the first words of replies whose first clause takes too long. */
export function expireFirstClauses(step: Step): void {
  for (const reply of Object.values(step.state.replies)) {
    const dueAtMs = opensAtMs(reply);
    if (dueAtMs === null || step.atMs < dueAtMs || reply.source.phase !== 'streaming') continue;
    const { source, segments } = openSource(reply.source, step.state.settings.language);
    step.putReply({ ...reply, source });
    if (isSpeculative(reply)) speakFirst(step, reply.replyId, segments);
    else speak(step, reply.replyId, segments);
  }
}
