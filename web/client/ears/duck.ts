import type { SpeechFrame } from './speech-frame.ts';
import { SILENCE, type SpeechRun, stepSpeechRun } from './speech-run.ts';

/** What the agent says of itself, as far as ducking goes. */
export interface SpeakingState {
  readonly isSpeaking: boolean;
  readonly isInterruptible: boolean;
  readonly isHeld: boolean;
}

/** Whether the page turns the agent's voice down because it hears the caller. The server decides who has the floor. */
export interface Duck {
  readonly agent: SpeakingState;
  readonly isMuted: boolean;
  readonly speech: SpeechRun;
  readonly phase: DuckPhase;
  /** Ducks of late that were for nothing, by the page's clock. */
  readonly falseDucksAtMs: readonly number[];
}

type DuckPhase =
  | { readonly kind: 'open' }
  /** The server went on in the midst of this speech, or nothing came of it: it ducks no more. */
  | { readonly kind: 'openTillSilence' }
  | {
      readonly kind: 'ducked';
      readonly sinceMs: number;
      readonly lastSpeechAtMs: number;
      /** The server has heard the caller too. */
      readonly wasHeld: boolean;
    }
  /** The agent gave way: what is left of its voice on the line stays down until it speaks anew. */
  | { readonly kind: 'gaveWay'; readonly sinceMs: number };

export type DuckHappening =
  | ({ readonly type: 'frameJudged' } & SpeechFrame)
  | { readonly type: 'agentChanged'; readonly agent: SpeakingState; readonly atMs: number }
  | { readonly type: 'muteChanged'; readonly isMuted: boolean; readonly atMs: number }
  | { readonly type: 'timePassed'; readonly atMs: number };

export const NO_DUCK: Duck = {
  agent: { isSpeaking: false, isInterruptible: false, isHeld: false },
  isMuted: false,
  speech: SILENCE,
  phase: { kind: 'open' },
  falseDucksAtMs: [],
};

/** Speech of less, in frames, is none that the server holds at. Source: docs/decisions/0004. */
const SERVER_HOLD_FRAMES = 2;

/** Silence after which a duck that the server took no notice of ends, in ms: the server's hold takes 260 ms at most. */
const SILENCE_MS = 700;

/** No duck lasts longer, in ms: a server that holds is silent by itself by then. */
const LONGEST_MS = 3_000;

/**
 * The agent's own sound may come back from a loudspeaker in spite of the browser's echo cancellation. It would duck
 * again and again, so after false ducks in this window, in ms, longer speech is asked for, and then none will do.
 */
const FALSE_DUCK_WINDOW_MS = 20_000;
const WARY_AFTER = 2;
/** 320 ms: more than an echo that is cancelled late lets through. */
const WARY_FRAMES = 10;
const DEAF_AFTER = 3;

export const isDucked = ({ phase }: Duck): boolean => phase.kind === 'ducked' || phase.kind === 'gaveWay';

/** When `timePassed` is due, by the page's clock; null while nothing waits. */
export function duckDueAtMs({ phase }: Duck): number | null {
  switch (phase.kind) {
    case 'ducked': {
      const longestMs = phase.sinceMs + LONGEST_MS;
      return phase.wasHeld ? longestMs : Math.min(longestMs, phase.lastSpeechAtMs + SILENCE_MS);
    }
    case 'gaveWay':
      return phase.sinceMs + LONGEST_MS;
    default:
      return null;
  }
}

/** The duck after `happening`. */
export function reduceDuck(duck: Duck, happening: DuckHappening): Duck {
  const { atMs } = happening;
  const dueAtMs = duckDueAtMs(duck);
  const before = dueAtMs !== null && dueAtMs <= atMs ? end(duck, atMs) : duck;
  switch (happening.type) {
    case 'frameJudged':
      return hear(before, happening);
    case 'agentChanged':
      return follow({ ...before, agent: happening.agent }, before, atMs);
    case 'muteChanged': {
      const muted = { ...before, isMuted: happening.isMuted };
      return happening.isMuted ? open(muted) : muted;
    }
    case 'timePassed':
      return before;
  }
}

function hear(duck: Duck, { probability, atMs }: SpeechFrame): Duck {
  const speech = stepSpeechRun(duck.speech, probability);
  const heard = { ...duck, speech };
  const { phase } = duck;
  const isOver = speech.speechFrames === 0;
  switch (phase.kind) {
    case 'ducked':
      // A sound that was over before the server could take it for speech.
      if (isOver && isBrief(duck.speech) && !phase.wasHeld) return end(heard, atMs);
      return isSpeechNow(speech) ? { ...heard, phase: { ...phase, lastSpeechAtMs: atMs } } : heard;
    case 'gaveWay':
      return heard;
    case 'openTillSilence':
      return isOver ? { ...heard, phase: { kind: 'open' } } : heard;
    case 'open':
      if (!mayDuck(heard) || !isEnough(heard, atMs)) return heard;
      return {
        ...heard,
        phase: { kind: 'ducked', sinceMs: atMs, lastSpeechAtMs: atMs, wasHeld: heard.agent.isHeld },
      };
  }
}

function follow(duck: Duck, before: Duck, atMs: number): Duck {
  const { phase, agent } = duck;
  switch (phase.kind) {
    case 'ducked':
      if (!agent.isSpeaking) return { ...duck, phase: { kind: 'gaveWay', sinceMs: atMs } };
      if (!agent.isInterruptible) return open(duck);
      if (agent.isHeld) return { ...duck, phase: { ...phase, wasHeld: true } };
      return phase.wasHeld ? end(duck, atMs) : duck;
    case 'gaveWay':
      return agent.isSpeaking && !before.agent.isSpeaking ? open(duck) : duck;
    default:
      // Who was talking before the agent began does not interrupt it.
      return mayDuck(duck) && !mayDuck(before) ? open(duck) : duck;
  }
}

const isSpeechNow = ({ speechFrames, silentFrames }: SpeechRun) => speechFrames > 0 && silentFrames === 0;

const isBrief = ({ speechFrames }: SpeechRun) => speechFrames > 0 && speechFrames < SERVER_HOLD_FRAMES;

const mayDuck = ({ agent, isMuted }: Duck) => agent.isSpeaking && agent.isInterruptible && !isMuted;

function isEnough({ speech, falseDucksAtMs }: Duck, atMs: number): boolean {
  const falseDucks = falseDucksAtMs.filter((at) => at > atMs - FALSE_DUCK_WINDOW_MS).length;
  if (falseDucks >= DEAF_AFTER) return false;
  return speech.isSure && (falseDucks < WARY_AFTER || speech.speechFrames >= WARY_FRAMES);
}

/** Ends a duck; one that the agent did not give way to was for nothing. */
function end(duck: Duck, atMs: number): Duck {
  if (duck.phase.kind !== 'ducked') return open(duck);
  const recent = duck.falseDucksAtMs.filter((at) => at > atMs - FALSE_DUCK_WINDOW_MS);
  return open({ ...duck, falseDucksAtMs: [...recent, atMs] });
}

/** Full voice; a speech that goes on ducks no second time. */
function open(duck: Duck): Duck {
  const kind = duck.speech.speechFrames > 0 ? 'openTillSilence' : 'open';
  return { ...duck, phase: { kind } };
}
