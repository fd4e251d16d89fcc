import type { VadParams } from '@parley/contracts/agent-definition';

/** Length of one judged frame, in ms. Source: Silero's hop of 512 samples at 16 kHz. */
export const GATE_FRAME_MS = 32;

/**
 * Frames of speech in a run that make a sound more than a click: 64 ms. Source: docs/decisions/0004.
 */
const HOLD_FRAMES = 2;

/** Silent frames after which speech is over: 96 ms, when the end-of-turn question may first be asked. */
const END_FRAMES = 3;

/** How far below the threshold speech that goes on may sink. Source: Silero's own hysteresis. */
const HYSTERESIS = 0.15;
/** It never sinks below this probability. */
const LOWEST_OFF_THRESHOLD = 0.05;

/** Frames that stay out for this long, in ms, were silence: a process that lags is late by less. */
const MISSING_SOUND_MS = 2_000;

/** One ear's place between silence and speech. */
export type SpeechGate =
  | { readonly phase: 'quiet' }
  | {
      readonly phase: 'speaking';
      readonly startedAtMs: number;
      /** Call clock at the end of the last frame of speech. */
      readonly lastSpeechAtMs: number;
      readonly lastFrameAtMs: number;
      readonly isHeld: boolean;
      /** Speech frames since the last silent one. */
      readonly runFrames: number;
      /** Silent frames since the last one of speech. */
      readonly silentFrames: number;
    };

export const QUIET_GATE: SpeechGate = { phase: 'quiet' };

/** A frame as the VAD judged it. */
export interface GateFrame {
  /** Speech probability, 0 to 1. What is not a number counts as silence. */
  readonly probability: number;
  /** Level in dB relative to full scale; passed on, not judged. */
  readonly levelDb: number;
  /** Call clock at the end of the frame. */
  readonly atMs: number;
}

/** A change, with the frame that brought it. */
export type SpeechEdge =
  /** The first frame of speech. */
  | ({ readonly type: 'speechStarted' } & GateFrame)
  /** Speech has lasted 64 ms: at most once in a speech. */
  | ({ readonly type: 'held' } & GateFrame)
  /**
   * 96 ms of silence followed. `speechMs`: from the start of the first to the end of the last frame of
   * speech.
   */
  | ({
      readonly type: 'speechEnded';
      readonly lastSpeechAtMs: number;
      readonly speechMs: number;
    } & GateFrame);

export interface SpeechGateStep {
  readonly state: SpeechGate;
  readonly edges: readonly SpeechEdge[];
  /** True from the first frame of speech until the gate closes: the verdict that a recogniser gets. */
  readonly isSpeech: boolean;
}

/**
 * Judges the next frame of one ear. Silence is counted in frames, so late arrival of frames ends no speech.
 */
export function stepSpeechGate(
  state: SpeechGate,
  frame: GateFrame,
  params: Pick<VadParams, 'threshold'>,
): SpeechGateStep {
  if (state.phase === 'quiet') return fromQuiet(frame, params);
  if (frame.atMs - state.lastFrameAtMs < MISSING_SOUND_MS) return fromSpeaking(state, frame, params);
  const closed = endSpeech(state, frame);
  const step = fromQuiet(frame, params);
  return { ...step, edges: [...closed.edges, ...step.edges] };
}

function endSpeech(state: SpeechGate & { phase: 'speaking' }, frame: GateFrame): SpeechGateStep {
  const { startedAtMs, lastSpeechAtMs } = state;
  const ended: SpeechEdge = {
    type: 'speechEnded',
    ...frame,
    lastSpeechAtMs,
    speechMs: Math.max(0, lastSpeechAtMs - startedAtMs),
  };
  return { state: QUIET_GATE, edges: [ended], isSpeech: false };
}

function fromQuiet(frame: GateFrame, params: Pick<VadParams, 'threshold'>): SpeechGateStep {
  if (!(frame.probability >= params.threshold)) return { state: QUIET_GATE, edges: [], isSpeech: false };
  const state: SpeechGate = {
    phase: 'speaking',
    startedAtMs: frame.atMs - GATE_FRAME_MS,
    lastSpeechAtMs: frame.atMs,
    lastFrameAtMs: frame.atMs,
    isHeld: false,
    runFrames: 1,
    silentFrames: 0,
  };
  return { state, edges: [{ type: 'speechStarted', ...frame }], isSpeech: true };
}

function fromSpeaking(
  state: SpeechGate & { phase: 'speaking' },
  frame: GateFrame,
  params: Pick<VadParams, 'threshold'>,
): SpeechGateStep {
  const isSpeechFrame = frame.probability >= Math.max(LOWEST_OFF_THRESHOLD, params.threshold - HYSTERESIS);
  if (!isSpeechFrame) {
    const silentFrames = state.silentFrames + 1;
    if (silentFrames >= END_FRAMES) return endSpeech(state, frame);
    return {
      state: { ...state, lastFrameAtMs: frame.atMs, runFrames: 0, silentFrames },
      edges: [],
      isSpeech: true,
    };
  }
  const runFrames = state.runFrames + 1;
  const isHeld = state.isHeld || runFrames >= HOLD_FRAMES;
  return {
    state: {
      ...state,
      lastSpeechAtMs: frame.atMs,
      lastFrameAtMs: frame.atMs,
      isHeld,
      runFrames,
      silentFrames: 0,
    },
    edges: isHeld && !state.isHeld ? [{ type: 'held', ...frame }] : [],
    isSpeech: true,
  };
}
