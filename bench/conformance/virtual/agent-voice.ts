import type { CallCommand } from '@parley/contracts/call-event';
import type { ReplyId, SegmentId } from '@parley/contracts/ids';
import { goesWrong, ONE_WAY_MS, type PlannedFault, type StageSpeeds } from './stage-speeds.ts';
import type { World } from './world.ts';

/** A stretch of the agent's voice at the caller's ear. */
export interface HeardStretch {
  readonly replyId: ReplyId;
  readonly fromMs: number;
  /** Infinity while it sounds. */
  untilMs: number;
}

/** What became of one reply's sound. */
export interface ReplySound {
  readonly replyId: ReplyId;
  readonly heardWords: string[];
  /** At the ear: when it fell silent to listen, and when it was cut for good. */
  readonly heldAtMs: number[];
  clearedAtMs: number | null;
}

interface Playout extends ReplySound {
  readonly words: { readonly segmentId: SegmentId; readonly text: string; readonly charEnd: number }[];
  readonly lastIndexOf: Map<SegmentId, number>;
  readyAtMs: number;
  isComplete: boolean;
  isHeld: boolean;
  isFinished: boolean;
  /** Of the next word, how much has sounded. */
  wordMs: number;
  next: number;
  /** Counts starts and stops: what was planned for an earlier one is void. */
  run: number;
  stretch: HeardStretch | null;
  soundingSinceMs: number;
}

/** Voice and playout: says what it is given, word by word, and tells of it as a playout does. */
export class AgentVoice {
  /** In the order in which they began. */
  readonly stretches: HeardStretch[] = [];
  readonly #world: World;
  readonly #speeds: StageSpeeds;
  readonly #fault: PlannedFault | null;
  readonly #playouts = new Map<ReplyId, Playout>();
  readonly #onWordStart: (lengthMs: number) => void;
  readonly #onWordEnd: (word: string) => void;
  readonly #onStart: (replyId: ReplyId) => void;
  #voiced = 0;

  constructor(options: {
    readonly world: World;
    readonly speeds: StageSpeeds;
    readonly fault: PlannedFault | null;
    /** A word begins, and ends if it is not cut; it is at the caller's ear one way later. */
    readonly onWordStart: (lengthMs: number) => void;
    readonly onWordEnd: (word: string) => void;
    /** A reply begins to sound. */
    readonly onStart: (replyId: ReplyId) => void;
  }) {
    this.#world = options.world;
    this.#speeds = options.speeds;
    this.#fault = options.fault;
    this.#onWordStart = options.onWordStart;
    this.#onWordEnd = options.onWordEnd;
    this.#onStart = options.onStart;
    this.#world.addStage((command) => this.#obey(command));
  }

  soundOf(replyId: ReplyId): ReplySound | undefined {
    return this.#playouts.get(replyId);
  }

  isHeardAt(atMs: number): boolean {
    return this.stretches.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
  }

  #obey(command: CallCommand): void {
    switch (command.type) {
      case 'speak':
        return this.#speak(command.data);
      case 'finishSpeech': {
        const playout = this.#playout(command.data.replyId);
        playout.isComplete = true;
        return this.#world.plan(0, () => this.#play(playout));
      }
      case 'holdPlayout': {
        const playout = this.#playout(command.data.replyId);
        playout.isHeld = true;
        if (playout.stretch !== null) playout.heldAtMs.push(this.#world.nowMs + ONE_WAY_MS);
        this.#silence(playout);
        return this.#tell('playoutHeld', playout.replyId, this.#speeds.tailMs);
      }
      case 'resumePlayout': {
        const playout = this.#playout(command.data.replyId);
        playout.isHeld = false;
        this.#tell('playoutResumed', playout.replyId, 0);
        return this.#world.plan(0, () => this.#play(playout));
      }
      case 'clearPlayout':
        return this.#clear(this.#playout(command.data.replyId));
      default:
        return;
    }
  }

  #speak({ replyId, segmentId, text }: { replyId: ReplyId; segmentId: SegmentId; text: string }): void {
    const playout = this.#playout(replyId);
    if (playout.words.length === 0) {
      const use = this.#voiced++;
      if (goesWrong(this.#fault, 'ttsFails', use)) {
        const data = { replyId, code: 'unavailable', message: 'down' };
        return this.#world.plan(this.#speeds.firstSoundMs, () =>
          this.#world.tell({ type: 'ttsFailed', data }),
        );
      }
      if (goesWrong(this.#fault, 'noSound', use)) playout.readyAtMs = Number.POSITIVE_INFINITY;
      else playout.readyAtMs = this.#world.nowMs + this.#speeds.firstSoundMs;
    }
    for (const word of text.matchAll(/\S+/g))
      playout.words.push({ segmentId, text: word[0], charEnd: word.index + word[0].length });
    playout.lastIndexOf.set(segmentId, playout.words.length - 1);
    if (Number.isFinite(playout.readyAtMs))
      this.#world.plan(playout.readyAtMs - this.#world.nowMs, () => this.#play(playout));
  }

  #play(playout: Playout): void {
    const { nowMs } = this.#world;
    if (playout.isHeld || playout.isFinished || playout.stretch !== null || nowMs < playout.readyAtMs) return;
    const word = playout.words[playout.next];
    if (word === undefined) return this.#finish(playout);
    playout.stretch = {
      replyId: playout.replyId,
      fromMs: nowMs + ONE_WAY_MS,
      untilMs: Number.POSITIVE_INFINITY,
    };
    this.stretches.push(playout.stretch);
    this.#onStart(playout.replyId);
    // Whoever listens looks again when it is heard.
    this.#world.plan(ONE_WAY_MS, () => undefined);
    this.#sound(playout);
  }

  #sound(playout: Playout): void {
    const word = playout.words[playout.next];
    if (word === undefined) {
      this.#silence(playout);
      return this.#finish(playout);
    }
    const { replyId } = playout;
    playout.soundingSinceMs = this.#world.nowMs;
    const run = ++playout.run;
    if (playout.wordMs === 0) this.#onWordStart(this.#speeds.agentMsPerWord);
    if (playout.wordMs === 0 && playout.words[playout.next - 1]?.segmentId !== word.segmentId)
      this.#world.tell({ type: 'playoutStarted', data: { replyId, segmentId: word.segmentId } });
    if (playout.run !== run) return;
    this.#world.plan(this.#speeds.agentMsPerWord - playout.wordMs, () => {
      if (playout.run !== run) return;
      playout.wordMs = 0;
      playout.next++;
      playout.heardWords.push(word.text);
      this.#onWordEnd(word.text);
      const { segmentId, charEnd } = word;
      this.#world.tell({ type: 'playoutProgressed', data: { replyId, segmentId, charEnd } });
      if (playout.lastIndexOf.get(segmentId) === playout.next - 1)
        this.#world.tell({ type: 'segmentPlayed', data: { replyId, segmentId } });
      if (playout.run === run) this.#sound(playout);
    });
  }

  #silence(playout: Playout): void {
    const { nowMs } = this.#world;
    playout.run++;
    if (playout.stretch === null) return;
    playout.wordMs = Math.min(this.#speeds.agentMsPerWord, playout.wordMs + nowMs - playout.soundingSinceMs);
    if (playout.next >= playout.words.length) playout.wordMs = 0;
    playout.stretch.untilMs = nowMs + this.#speeds.tailMs + ONE_WAY_MS;
    playout.stretch = null;
    this.#world.plan(this.#speeds.tailMs + ONE_WAY_MS, () => undefined);
  }

  #finish(playout: Playout): void {
    if (!playout.isComplete) return;
    playout.isFinished = true;
    this.#world.tell({ type: 'playoutFinished', data: { replyId: playout.replyId } });
  }

  #clear(playout: Playout): void {
    this.#silence(playout);
    playout.isFinished = true;
    playout.clearedAtMs = this.#world.nowMs + ONE_WAY_MS;
    const last = playout.words[playout.next - 1];
    const data = {
      replyId: playout.replyId,
      segmentId: last?.segmentId ?? null,
      charEnd: last?.charEnd ?? 0,
    };
    this.#world.plan(5, () => this.#world.tell({ type: 'playoutCleared', data }));
  }

  #tell(type: 'playoutHeld' | 'playoutResumed', replyId: ReplyId, afterMs: number): void {
    this.#world.plan(afterMs, () => this.#world.tell({ type, data: { replyId } }));
  }

  #playout(replyId: ReplyId): Playout {
    const known = this.#playouts.get(replyId);
    if (known !== undefined) return known;
    const playout: Playout = {
      replyId,
      words: [],
      lastIndexOf: new Map(),
      heardWords: [],
      heldAtMs: [],
      clearedAtMs: null,
      readyAtMs: 0,
      isComplete: false,
      isHeld: false,
      isFinished: false,
      wordMs: 0,
      next: 0,
      run: 0,
      stretch: null,
      soundingSinceMs: 0,
    };
    this.#playouts.set(replyId, playout);
    return playout;
  }
}
