import type { EndReason } from '@parley/contracts/call-event';
import { closeReplyItem } from '../conversation/conversation.ts';
import { heardText, unheardText } from '../conversation/heard-ledger.ts';
import type { Step } from './step.ts';

/** Ends the call: what is under way is stopped, and nothing is decided after this. */
export function endCall(step: Step, reason: EndReason): void {
  for (const reply of Object.values(step.state.replies)) {
    const { replyId, ledger, phase } = reply;
    if (phase.phase !== 'stopping') {
      step.emit({ type: 'abortReply', data: { replyId, reason: 'call_ended' } });
      step.emit({ type: 'clearPlayout', data: { replyId } });
    }
    step.removeReply(replyId);
    if (phase.phase === 'speculating') continue;
    const unheard = unheardText(ledger);
    step.emit({ type: 'closeCaption', data: { replyId, isInterrupted: true, unheard } });
    step.set({
      conversation: closeReplyItem(step.state.conversation, replyId, {
        heard: heardText(ledger),
        unheard,
        isInterrupted: true,
      }),
    });
  }
  step.set({ call: { phase: 'ended', reason }, floor: { phase: 'free' } });
  step.emit({ type: 'endCall', data: { reason } });
}
