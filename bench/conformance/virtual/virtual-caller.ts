import type { ReplyId } from '@parley/contracts/ids';
import type { Observation } from '../figures/observation.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { RangeMs, Talk, TalkStep } from '../talks/talk.ts';
import type { AgentEar } from './agent-ear.ts';
import type { AgentModel } from './agent-model.ts';
import type { AgentVoice, HeardStretch, ReplySound } from './agent-voice.ts';
import type { StageSpeeds } from './stage-speeds.ts';
import type { Wait, World } from './world.ts';

/** An answer that has not begun by then is missed, in ms: twice what a person waits before asking again. */
const ANSWER_WITHIN_MS = 8_000;
/** From any state the call hears its caller again within this. Source: engine/call/call.property.test.ts. */
const HEARS_AGAIN_WITHIN_MS = 110_000;
/** What becomes of a sound over the agent is settled after the longest hold (6 s) and a little more. */
const SETTLED_AFTER_MS = 1_500;
const SETTLED_WITHIN_MS = 9_000;
/** A person answers after this. */
const ANSWERS_AFTER_MS: RangeMs = [300, 1_500];
/** A person who hears no answer to this, said twice, is not heard any more. */
const PROBE = 'are you still there please';
const PROBES = 2;

/** Where the caller spoke, by their own clock. */
interface Said {
  readonly words: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Starts of the pauses inside. */
  readonly pausesAtMs: readonly number[];
}

type Script<T = void> = Generator<Wait, T, boolean>;

/** A caller who holds a talk, and notes what the agent does. */
export class VirtualCaller {
  readonly observations: Observation[] = [];
  readonly #world: World;
  readonly #ear: AgentEar;
  readonly #voice: AgentVoice;
  readonly #model: AgentModel;
  readonly #random: SeededRandom;
  readonly #speeds: StageSpeeds;
  readonly #onDeadlock: () => void;
  #lastTurn: Said = { words: '', fromMs: 0, untilMs: 0, pausesAtMs: [] };
  #silence = { number: 0, isFinished: true };

  constructor(options: {
    readonly world: World;
    readonly ear: AgentEar;
    readonly voice: AgentVoice;
    readonly model: AgentModel;
    readonly random: SeededRandom;
    readonly speeds: StageSpeeds;
    readonly onDeadlock: () => void;
  }) {
    this.#world = options.world;
    this.#ear = options.ear;
    this.#voice = options.voice;
    this.#model = options.model;
    this.#random = options.random;
    this.#speeds = options.speeds;
    this.#onDeadlock = options.onDeadlock;
  }

  /** The caller's last silence: whether they mean to go on is what an end-of-turn model is to find out. */
  get silence(): { readonly number: number; readonly isFinished: boolean } {
    return this.#silence;
  }

  *hold(talk: Talk): Script {
    for (const [index, step] of talk.steps.entries()) {
      const goesOn = talk.steps[index + 1]?.kind === 'goesOn';
      yield* this.#take(step, talk, goesOn);
    }
    yield* this.#probe();
  }

  *#take(step: TalkStep, talk: Talk, goesOn: boolean): Script {
    switch (step.kind) {
      case 'turn': {
        yield* this.#untilQuiet();
        yield* this.#wait(this.#draw(ANSWERS_AFTER_MS));
        this.#model.nextAnswer = step.answer;
        const said = yield* this.#say(this.#random.pick(step.says), step.pauseMs);
        if (!goesOn) this.#note(said, yield* this.#answerTo(said));
        return;
      }
      case 'goesOn': {
        this.#model.nextAnswer = step.answer;
        yield* this.#wait(this.#lastTurn.untilMs + this.#draw(step.afterMs) - this.#world.nowMs);
        const said = yield* this.#say(this.#random.pick(step.says), [0, 0]);
        this.#note(said, yield* this.#answerTo(said));
        return;
      }
      case 'bargeIn':
        return yield* this.#bargeIn(step);
      case 'overlap':
        return yield* this.#overlap(step);
      case 'listen':
        return yield* this.#listen(talk);
      case 'isAskedFor':
        this.#world.tell({
          type: 'nodeEntered',
          data: { node: step.what, mutesUser: false, asksFor: step.what, allowsSpeculation: true },
        });
        return;
      case 'silence': {
        const sinceMs = this.#world.nowMs;
        const isChecked = yield* this.#until(() => this.#startedSince(sinceMs), step.checkedWithinMs);
        if (!isChecked) this.observations.push({ kind: 'turn', pauses: 0, cutIns: 0, responseGapMs: null });
        return;
      }
    }
  }

  *#bargeIn(step: Extract<TalkStep, { kind: 'bargeIn' }>): Script {
    const stretch = yield* this.#intoReply(step.intoReplyMs);
    this.#model.nextAnswer = step.answer;
    const said = yield* this.#say(this.#random.pick(step.says), step.pauseMs);
    const responseGapMs = yield* this.#answerTo(said, stretch?.replyId);
    const wasHeard = stretch !== undefined && stretch.untilMs > said.fromMs;
    const cut = wasHeard && this.#soundOf(stretch.replyId)?.clearedAtMs != null;
    const stopMs = cut ? this.#lastSampleOf(stretch.replyId) - said.fromMs : null;
    this.observations.push({ kind: 'bargeIn', stopMs, responseGapMs });
  }

  *#overlap(step: Extract<TalkStep, { kind: 'overlap' }>): Script {
    const stretch = yield* this.#intoReply(step.intoReplyMs);
    const sound = stretch === undefined ? undefined : this.#soundOf(stretch.replyId);
    if (stretch === undefined || sound === undefined || stretch.untilMs <= this.#world.nowMs) return;
    const fromMs = this.#world.nowMs;
    const words = step.of === 'acknowledgement' ? this.#random.pick(step.says).split(' ') : [];
    const lengthMs =
      step.of === 'acknowledgement' ? words.length * this.#speeds.callerMsPerWord : this.#draw(step.lengthMs);
    this.#ear.hear({ lengthMs, words });
    yield* this.#wait(lengthMs + SETTLED_AFTER_MS);
    const isSettled = () => this.#isHeardNow() || sound.clearedAtMs !== null || this.#isQuiet();
    yield* this.#until(isSettled, SETTLED_WITHIN_MS);
    this.observations.push({
      kind: 'overlap',
      of: step.of,
      isHeld: sound.heldAtMs.some((atMs) => atMs >= fromMs),
      isStopped: sound.clearedAtMs !== null,
    });
  }

  /** Hears the agent out; what of its own voice or of a noise comes to its ear must not stop it, nor be a turn. */
  *#listen(talk: Talk): Script {
    const replyId = this.#voice.stretches.at(-1)?.replyId;
    const sound = replyId === undefined ? undefined : this.#soundOf(replyId);
    const turns = () => this.#world.state.conversation.items.filter(({ kind }) => kind === 'turn').length;
    const turnsBefore = turns();
    yield* this.#untilQuiet();
    yield* this.#wait(SETTLED_AFTER_MS);
    if (sound === undefined || (talk.echoMs === null && !talk.hasSteadyNoise)) return;
    this.observations.push({
      kind: 'overlap',
      of: talk.echoMs === null ? 'steadyNoise' : 'echo',
      isHeld: sound.heldAtMs.length > 0,
      isStopped: sound.clearedAtMs !== null || turns() > turnsBefore,
    });
  }

  /** Whatever happened, the agent hears its caller in the end. */
  *#probe(): Script {
    for (let tries = 0; tries < PROBES; tries++) {
      yield* this.#untilQuiet();
      yield* this.#wait(this.#draw(ANSWERS_AFTER_MS));
      this.#model.nextAnswer = 'short';
      const said = yield* this.#say([PROBE], [0, 0]);
      if (yield* this.#until(() => this.#startedSince(said.untilMs), 2 * ANSWER_WITHIN_MS)) {
        yield* this.#untilQuiet();
        return;
      }
    }
    this.#onDeadlock();
  }

  *#say(parts: readonly string[], pauseMs: RangeMs): Script<Said> {
    const fromMs = this.#world.nowMs;
    const pausesAtMs: number[] = [];
    for (const [index, part] of parts.entries()) {
      const words = part.split(' ');
      const lengthMs = words.length * this.#speeds.callerMsPerWord;
      this.#ear.hear({ lengthMs, words });
      const isFinished = index === parts.length - 1;
      this.#silence = { number: this.#silence.number + 1, isFinished };
      yield* this.#wait(lengthMs);
      if (isFinished) break;
      pausesAtMs.push(this.#world.nowMs);
      yield* this.#wait(this.#draw(pauseMs));
    }
    this.#lastTurn = { words: parts.join(' '), fromMs, untilMs: this.#world.nowMs, pausesAtMs };
    return this.#lastTurn;
  }

  /** Waits for the answer; null where none comes in time, or the words were not heard. */
  *#answerTo(said: Said, cutReply?: ReplyId): Script<number | null> {
    const answer = () =>
      this.#voice.stretches.find(
        ({ fromMs, replyId }) =>
          fromMs >= said.untilMs && fromMs <= this.#world.nowMs && replyId !== cutReply,
      );
    yield* this.#until(() => answer() !== undefined, ANSWER_WITHIN_MS);
    const fromMs = answer()?.fromMs;
    return fromMs === undefined || !this.#wasUnderstood(said.words) ? null : fromMs - said.untilMs;
  }

  #note(said: Said, responseGapMs: number | null): void {
    const starts = this.#voice.stretches.map(({ fromMs }) => fromMs);
    const cutIns = said.pausesAtMs.filter((fromMs, index) => {
      const untilMs = said.pausesAtMs[index + 1] ?? said.untilMs;
      return starts.some((atMs) => atMs > fromMs && atMs <= untilMs);
    });
    const pauses = said.pausesAtMs.length;
    this.observations.push({ kind: 'turn', pauses, cutIns: cutIns.length, responseGapMs });
  }

  /** Whether the call keeps these words, as one turn or as several. */
  #wasUnderstood(words: string): boolean {
    const kept = this.#world.state.conversation.items.flatMap((item) =>
      item.kind === 'turn' || item.kind === 'overlap' ? [item.text] : [],
    );
    return kept.join(' ').includes(words);
  }

  /** Waits until so much of the reply that sounds, or sounded last, has been heard. */
  *#intoReply(intoReplyMs: RangeMs): Script<HeardStretch | undefined> {
    const replyId = this.#voice.stretches.at(-1)?.replyId;
    const began = this.#voice.stretches.find((stretch) => stretch.replyId === replyId);
    if (began !== undefined) yield* this.#wait(began.fromMs + this.#draw(intoReplyMs) - this.#world.nowMs);
    return this.#voice.stretches.at(-1);
  }

  *#untilQuiet(): Script {
    if (!(yield* this.#until(() => this.#isQuiet(), HEARS_AGAIN_WITHIN_MS))) this.#onDeadlock();
  }

  #isQuiet(): boolean {
    const isListening = this.#world.state.toldAgentState === 'listening';
    return isListening && !this.#isHeardNow() && Object.keys(this.#world.state.replies).length === 0;
  }

  #isHeardNow(): boolean {
    return this.#voice.isHeardAt(this.#world.nowMs);
  }

  #startedSince(sinceMs: number): boolean {
    const { nowMs } = this.#world;
    return this.#voice.stretches.some(({ fromMs }) => fromMs >= sinceMs && fromMs <= nowMs);
  }

  #lastSampleOf(replyId: ReplyId): number {
    const ends = this.#voice.stretches.flatMap((stretch) =>
      stretch.replyId === replyId ? [stretch.untilMs] : [],
    );
    return Math.max(...ends);
  }

  #soundOf(replyId: ReplyId): ReplySound | undefined {
    return this.#voice.soundOf(replyId);
  }

  #draw([fromMs, toMs]: RangeMs): number {
    return this.#random.between(fromMs, toMs);
  }

  *#wait(ms: number): Script {
    if (ms > 0) yield { isMet: () => false, byMs: this.#world.nowMs + ms };
  }

  *#until(isMet: () => boolean, withinMs: number): Script<boolean> {
    return yield { isMet, byMs: this.#world.nowMs + withinMs };
  }
}
