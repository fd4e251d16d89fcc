import type { CallCommand } from '@parley/contracts/call-event';
import type { ReplyId } from '@parley/contracts/ids';
import type { AnswerKind } from '../talks/talk.ts';
import { goesWrong, type PlannedFault, type StageSpeeds } from './stage-speeds.ts';
import type { World } from './world.ts';

/** None of them asks anything, so that agreeing words over them are no answer. */
const ANSWERS: Readonly<Record<AnswerKind, string>> = {
  short: 'We are open from nine to five, Monday to Friday.',
  long:
    'Once there was a river that went to the sea. On its way it passed nine towns and a very old mill. ' +
    'In the mill there lived a cat, and the cat had a secret. Every night it went out to count the stars.',
  readBack:
    'I have noted that down for Friday evening at eight, at the table by the window, and the kitchen knows of it too.',
};

/** Text comes in pieces of this many words. */
const PIECE_WORDS = 6;
const MS_PER_PIECE = 60;

/** A language model that answers as the talk wants. */
export class AgentModel {
  nextAnswer: AnswerKind = 'short';
  readonly #world: World;
  readonly #speeds: StageSpeeds;
  readonly #fault: PlannedFault | null;
  readonly #aborted = new Set<ReplyId>();
  #requests = 0;

  constructor(world: World, speeds: StageSpeeds, fault: PlannedFault | null) {
    this.#world = world;
    this.#speeds = speeds;
    this.#fault = fault;
    world.addStage((command) => this.#obey(command));
  }

  #obey(command: CallCommand): void {
    if (command.type === 'abortReply') this.#aborted.add(command.data.replyId);
    if (command.type !== 'startLlm') return;
    const { replyId } = command.data;
    const use = this.#requests++;
    if (goesWrong(this.#fault, 'llmSilent', use)) return;
    const { firstTextMs } = this.#speeds;
    if (goesWrong(this.#fault, 'llmFails', use)) {
      const data = { replyId, code: 'unavailable', message: 'down' };
      return this.#world.plan(firstTextMs, () => this.#world.tell({ type: 'llmFailed', data }));
    }
    const words = ANSWERS[this.nextAnswer].split(' ');
    const tell = (afterMs: number, event: Parameters<World['tell']>[0]) =>
      this.#world.plan(afterMs, () => {
        if (!this.#aborted.has(replyId)) this.#world.tell(event);
      });
    let atMs = firstTextMs;
    for (let from = 0; from < words.length; from += PIECE_WORDS, atMs += MS_PER_PIECE) {
      const text = `${from === 0 ? '' : ' '}${words.slice(from, from + PIECE_WORDS).join(' ')}`;
      tell(atMs, { type: 'llmTextDelta', data: { replyId, text } });
    }
    tell(atMs, { type: 'llmFinished', data: { replyId, inputTokens: 1, outputTokens: words.length } });
  }
}
