import type { ReplyId } from '@parley/contracts/ids';
import { earWakeAtMs } from '@parley/engine/turn/ear';
import type { Faults } from '../figures/observation.ts';
import type { AgentVoice } from './agent-voice.ts';
import type { World } from './world.ts';

/** In virtual time all of them can be seen. */
export interface VirtualFaults extends Faults {
  readonly unheardWordsKept: number;
}

/** Watches a call for what must never be. */
export interface FaultWatch {
  /** A reply begins to sound. */
  noteStart(replyId: ReplyId): void;
  /** The caller was not heard again in time. */
  noteDeadlock(): void;
  /** Of the call so far; the words that were kept are those of closed replies. */
  faults(voice: AgentVoice): VirtualFaults;
}

export function watchFaults(world: World): FaultWatch {
  const stuck = new Set<string>();
  const doubled = new Set<string>();
  /** The reply that was heard for each turn. */
  const answers = new Map<string, ReplyId>();
  let missedEnds = 0;

  world.addWatcher(() => {
    const { replies, ears, floor, call, settings } = world.state;
    if (call.phase !== 'live') return;
    const open = Object.values(replies).filter(({ phase }) => phase.phase !== 'speculating');
    if (open.length > 1) doubled.add(open.map(({ replyId }) => replyId).join());
    for (const { replyId, phase } of Object.values(replies))
      if (!Number.isFinite(phase.endsAtMs)) stuck.add(replyId);
    for (const ear of Object.values(ears))
      if (ear.hearing.phase === 'pausing' && earWakeAtMs(ear, settings.pipeline.userTurnLimit) === null)
        stuck.add(ear.hearing.draft.turnId);
    if (floor.phase === 'owed' && open.length === 0) stuck.add(floor.turnId);
  });

  return {
    noteStart(replyId) {
      const reply = world.state.replies[replyId];
      if (reply?.cause.kind !== 'answer') return;
      const before = answers.get(reply.cause.turnId);
      if (before !== undefined && before !== replyId) doubled.add(`${before},${replyId}`);
      answers.set(reply.cause.turnId, replyId);
    },
    noteDeadlock() {
      missedEnds++;
    },
    faults: (voice) => ({
      deadlocks: stuck.size + missedEnds,
      doubleReplies: doubled.size + overlapsOf(voice),
      unheardWordsKept: unheardWordsOf(world, voice),
    }),
  };
}

/** Stretches of two replies that sound at once. */
function overlapsOf({ stretches }: AgentVoice): number {
  return stretches.filter(({ fromMs, replyId }, index) => {
    const before = stretches[index - 1];
    // The last sample of a cut reply may still be on its way.
    return before !== undefined && before.replyId !== replyId && before.untilMs > fromMs;
  }).length;
}

/** Words that the conversation tells as said, and the voice never spoke. */
function unheardWordsOf(world: World, voice: AgentVoice): number {
  let count = 0;
  for (const item of world.state.conversation.items) {
    if (item.kind !== 'reply' || item.isOpen) continue;
    const heard = voice.soundOf(item.replyId)?.heardWords ?? [];
    const told = item.heard.split(/\s+/).filter((word) => word !== '');
    count += told.filter((word, index) => word !== heard[index]).length;
  }
  return count;
}
