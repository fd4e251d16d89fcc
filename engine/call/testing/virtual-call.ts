import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { type ParticipantId, participantIdSchema, type ReplyId, type SegmentId } from '@parley/contracts/ids';
import { nextWakeAtMs } from '../deadlines.ts';
import { reduceCall } from '../reduce.ts';
import { carryOver } from '../resuming.ts';
import type { CallSettings } from '../settings.ts';
import { type CallState, initialCallState } from '../state.ts';

export const CALLER: ParticipantId = participantIdSchema.parse('caller-1');

/** How the simulated model, voice and recogniser behave. */
export interface VirtualStages {
  /** The model's answer to the n-th request, from 0; null: it fails; 'silence': nothing ever comes. */
  readonly answer: (request: number) => string | null | 'silence';
  readonly firstTextMs: number;
  readonly firstSoundMs: number;
  readonly msPerWord: number;
  /** From the wish for a final until it comes. */
  readonly finalMs: number;
  /** What the end-of-turn model says, some ms after the end of speech at which it is asked for the n-th time. */
  readonly score: (request: number) => number;
  readonly scoreMs: number;
  /** The recogniser gives no sign until it is opened anew. */
  readonly isDeaf: boolean;
  /** The language that the recogniser tells with each final; null: it tells none. */
  readonly heardLanguage: string | null;
}

const STAGES: VirtualStages = {
  answer: () => 'We are open from nine to five. Anything else?',
  firstTextMs: 50,
  firstSoundMs: 50,
  msPerWord: 200,
  finalMs: 20,
  score: () => 0.5,
  scoreMs: 30,
  isDeaf: false,
  heardLanguage: null,
};

/** A call of minutes takes some thousand steps. */
const MOST_STEPS = 50_000;

type Timed<T> = T & { readonly atMs: number };
type NewEvent = CallEvent extends infer E ? (E extends CallEvent ? Omit<E, 'atMs'> : never) : never;

/** One call in virtual time: the reducer, simulated stages around it, and a caller who follows a plan. */
export class VirtualCall {
  readonly commands: Timed<CallCommand>[] = [];
  readonly events: CallEvent[] = [];
  /** What the caller's ear got: words with the instant at which each ended. */
  readonly heardWords: { readonly atMs: number; readonly replyId: ReplyId; readonly word: string }[] = [];
  state: CallState;
  #nowMs = 0;
  #order = 0;
  #requests = 0;
  #scores = 0;
  #pendingText = '';
  readonly #queue: { atMs: number; order: number; run: () => void }[] = [];
  readonly #stages: VirtualStages;
  /** As the agent's definition has them, whatever the call has changed since. */
  readonly #settings: CallSettings;
  readonly #voices = new Map<ReplyId, Voice>();

  constructor(settings: CallSettings, stages: Partial<VirtualStages> = {}) {
    this.state = initialCallState(settings);
    this.#settings = settings;
    this.#stages = { ...STAGES, ...stages };
    this.#nowMs = settings.startsAtMs;
    this.send(settings.startsAtMs, { type: 'callStarted', data: {} });
  }

  /** The call as the next generation takes it up, some time after this one was lost. */
  lostAndResumed(afterMs: number): VirtualCall {
    const lostAtMs = this.events.at(-1)?.atMs ?? 0;
    const startsAtMs = this.#nowMs + afterMs;
    const settings = this.#settings;
    const next = new VirtualCall(
      { ...settings, generation: settings.generation + 1, resumes: true, startsAtMs },
      this.#stages,
    );
    const carried = carryOver(this.state, lostAtMs);
    if (carried !== null) next.send(startsAtMs, { type: 'callResumed', data: carried });
    return next;
  }

  /** Plans an event of the world. */
  send(atMs: number, event: NewEvent): this {
    return this.#plan(atMs, () => this.#reduce({ ...event, atMs: this.#nowMs } as CallEvent));
  }

  /** The caller joins, hears the agent, and the pipeline is ready. */
  connect(atMs = 0): this {
    this.send(atMs, { type: 'pipelineReady', data: {} });
    this.send(atMs, {
      type: 'participantJoined',
      data: { participantId: CALLER, kind: 'standard', name: 'Ann' },
    });
    return this.send(atMs, { type: 'participantListening', data: { participantId: CALLER } });
  }

  /** The caller speaks from `fromMs` to `untilMs`; null is a noise without words, `!` before a text rejects it. */
  say(fromMs: number, untilMs: number, text: string | null): this {
    const data = { participantId: CALLER, probability: 0.9, levelDb: -30 };
    this.send(fromMs + 32, { type: 'vadSpeechStarted', data });
    if (untilMs - fromMs >= 64) this.send(fromMs + 64, { type: 'vadHeld', data });
    const words = text === null ? [] : text.split(' ');
    words.forEach((_, index) => {
      const atMs = fromMs + ((untilMs - fromMs) * (index + 1)) / words.length + 150;
      const interim = words.slice(0, index + 1).join(' ');
      this.#plan(atMs, () => this.#onWords(interim));
    });
    return this.send(untilMs + 96, {
      type: 'vadSpeechEnded',
      data: { ...data, lastSpeechAtMs: untilMs, speechMs: untilMs - fromMs },
    });
  }

  /** Runs the call until nothing is planned or `untilMs` has come. */
  run(untilMs: number): this {
    for (let steps = 0; ; steps++) {
      if (steps > MOST_STEPS)
        throw new Error(`the call takes more than ${MOST_STEPS} steps: it wakes without end`);
      const wakeAtMs = nextWakeAtMs(this.state);
      this.#queue.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      const next = this.#queue[0];
      const isWake = wakeAtMs !== null && (next === undefined || wakeAtMs < next.atMs);
      const atMs = isWake ? wakeAtMs : next?.atMs;
      if (atMs === undefined || atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, atMs);
      if (isWake) this.#reduce({ type: 'woke', atMs: this.#nowMs, data: {} });
      else this.#queue.shift()?.run();
    }
    this.#nowMs = untilMs;
    return this;
  }

  commandsOf<T extends CallCommand['type']>(type: T): Timed<Extract<CallCommand, { type: T }>>[] {
    return this.commands.filter(
      (command): command is Timed<Extract<CallCommand, { type: T }>> => command.type === type,
    );
  }

  #plan(atMs: number, run: () => void): this {
    this.#queue.push({ atMs, order: this.#order++, run });
    return this;
  }

  #onWords(text: string): void {
    this.#pendingText = text;
    if (this.state.settings.givesInterims && !text.startsWith('!') && !this.#stages.isDeaf) {
      this.#reduce({ type: 'transcriptChanged', atMs: this.#nowMs, data: { participantId: CALLER, text } });
    }
  }

  #reduce(event: CallEvent): void {
    this.events.push(event);
    const next = reduceCall(this.state, event);
    this.state = next.state;
    for (const command of next.commands) {
      this.commands.push({ ...command, atMs: this.#nowMs });
      this.#obey(command);
    }
  }

  #obey(command: CallCommand): void {
    const later = (ms: number, event: NewEvent) => this.send(this.#nowMs + ms, event);
    switch (command.type) {
      case 'startLlm': {
        const { replyId } = command.data;
        const answer = this.#stages.answer(this.#requests++);
        if (answer === 'silence') return;
        const { firstTextMs } = this.#stages;
        if (answer === null) {
          later(firstTextMs, { type: 'llmFailed', data: { replyId, code: 'unavailable', message: 'down' } });
          return;
        }
        later(firstTextMs, { type: 'llmTextDelta', data: { replyId, text: answer } });
        later(firstTextMs + 10, { type: 'llmFinished', data: { replyId, inputTokens: 1, outputTokens: 1 } });
        return;
      }
      case 'speak': {
        const voice = this.#voice(command.data.replyId);
        voice.segments.push({ segmentId: command.data.segmentId, text: command.data.text });
        if (!voice.isFeeding) this.#feed(command.data.replyId, this.#stages.firstSoundMs);
        return;
      }
      case 'finishSpeech':
        this.#voice(command.data.replyId).isComplete = true;
        if (!this.#voice(command.data.replyId).isFeeding) this.#feed(command.data.replyId, 0);
        return;
      case 'holdPlayout':
        this.#voice(command.data.replyId).isHeld = true;
        return void later(30, { type: 'playoutHeld', data: { replyId: command.data.replyId } });
      case 'resumePlayout': {
        const voice = this.#voice(command.data.replyId);
        voice.isHeld = false;
        later(0, { type: 'playoutResumed', data: { replyId: command.data.replyId } });
        if (!voice.isFeeding) this.#feed(command.data.replyId, 0);
        return;
      }
      case 'clearPlayout': {
        const { replyId } = command.data;
        const voice = this.#voice(replyId);
        voice.isCleared = true;
        const { segmentId, charEnd } = voice.heard;
        return void later(5, { type: 'playoutCleared', data: { replyId, segmentId, charEnd } });
      }
      case 'scoreEndOfTurn': {
        const probability = this.#stages.score(this.#scores++);
        return void later(this.#stages.scoreMs, {
          type: 'endOfTurnScored',
          data: { participantId: CALLER, probability },
        });
      }
      case 'reopenStt':
      case 'finalizeStt': {
        if (this.#stages.isDeaf && command.type === 'finalizeStt') return;
        const text = this.#pendingText;
        this.#pendingText = '';
        const outcome = text === '' ? 'silence' : text.startsWith('!') ? 'rejected' : 'words';
        return void later(this.#stages.finalMs, {
          type: 'transcriptFinal',
          data: {
            participantId: CALLER,
            text: outcome === 'words' ? text : '',
            outcome,
            wordCount: text === '' ? 0 : text.split(' ').length,
            answersFinalize: true,
            ...(this.#stages.heardLanguage === null ? {} : { language: this.#stages.heardLanguage }),
          },
        });
      }
      default:
        return;
    }
  }

  #voice(replyId: ReplyId): Voice {
    const known = this.#voices.get(replyId);
    if (known !== undefined) return known;
    const voice: Voice = {
      segments: [],
      isFeeding: false,
      isComplete: false,
      isHeld: false,
      isCleared: false,
      wordIndex: 0,
      heard: { segmentId: null, charEnd: 0 },
    };
    this.#voices.set(replyId, voice);
    return voice;
  }

  /** Plays the voice word by word, telling what a playout tells. */
  #feed(replyId: ReplyId, waitMs: number): void {
    const voice = this.#voice(replyId);
    voice.isFeeding = true;
    this.#plan(this.#nowMs + waitMs, () => {
      voice.isFeeding = false;
      if (voice.isCleared || voice.isHeld) return;
      const segment = voice.segments[0];
      if (segment === undefined) {
        if (voice.isComplete) this.#reduce({ type: 'playoutFinished', atMs: this.#nowMs, data: { replyId } });
        return;
      }
      const { segmentId } = segment;
      const words = [...segment.text.matchAll(/\S+/g)];
      const word = words[voice.wordIndex];
      if (voice.wordIndex === 0)
        this.#reduce({ type: 'playoutStarted', atMs: this.#nowMs, data: { replyId, segmentId } });
      if (voice.isCleared || voice.isHeld) return;
      if (word === undefined) {
        voice.segments.shift();
        voice.wordIndex = 0;
        this.#reduce({ type: 'segmentPlayed', atMs: this.#nowMs, data: { replyId, segmentId } });
        return this.#feed(replyId, 0);
      }
      voice.isFeeding = true;
      this.#plan(this.#nowMs + this.#stages.msPerWord, () => {
        voice.isFeeding = false;
        if (voice.isCleared || voice.isHeld) return;
        voice.wordIndex++;
        const charEnd = word.index + word[0].length;
        voice.heard = { segmentId, charEnd };
        this.heardWords.push({ atMs: this.#nowMs, replyId, word: word[0] });
        this.#reduce({ type: 'playoutProgressed', atMs: this.#nowMs, data: { replyId, segmentId, charEnd } });
        this.#feed(replyId, 0);
      });
    });
  }
}

interface Voice {
  readonly segments: { segmentId: SegmentId; text: string }[];
  isFeeding: boolean;
  isComplete: boolean;
  isHeld: boolean;
  isCleared: boolean;
  wordIndex: number;
  heard: { segmentId: SegmentId | null; charEnd: number };
}
