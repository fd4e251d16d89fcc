import type { CallCommand } from '@parley/contracts/call-event';
import type { ParticipantId, ReplyId } from '@parley/contracts/ids';
import type { Reply } from '../reply/reply.ts';
import type { Ear } from '../turn/ear.ts';
import type { CallState } from './state.ts';

/**
 * One step of the reducer under way: the state so far and the commands so far. It lives inside one call of the
 * reducer only; states themselves are never changed.
 */
export class Step {
  readonly atMs: number;
  readonly #commands: CallCommand[] = [];
  #state: CallState;

  constructor(state: CallState, atMs: number) {
    this.#state = state;
    this.atMs = atMs;
  }

  get state(): CallState {
    return this.#state;
  }

  get commands(): readonly CallCommand[] {
    return this.#commands;
  }

  set(change: Partial<CallState>): void {
    this.#state = { ...this.#state, ...change };
  }

  emit(command: CallCommand): void {
    this.#commands.push(command);
  }

  /** Counts an event that names something closed or unknown. */
  drop(): void {
    this.count('droppedEvents');
  }

  count(what: keyof CallState['counts']): number {
    const counts = { ...this.#state.counts, [what]: this.#state.counts[what] + 1 };
    this.set({ counts });
    return counts[what];
  }

  ear(participantId: ParticipantId): Ear | undefined {
    return this.#state.ears[participantId];
  }

  putEar(ear: Ear): void {
    this.set({ ears: { ...this.#state.ears, [ear.participantId]: ear } });
  }

  removeEar(participantId: ParticipantId): void {
    const { [participantId]: _gone, ...ears } = this.#state.ears;
    this.set({ ears });
  }

  reply(replyId: ReplyId): Reply | undefined {
    return this.#state.replies[replyId];
  }

  putReply(reply: Reply): void {
    this.set({ replies: { ...this.#state.replies, [reply.replyId]: reply } });
  }

  removeReply(replyId: ReplyId): void {
    const { [replyId]: _closed, ...replies } = this.#state.replies;
    this.set({ replies });
  }
}
