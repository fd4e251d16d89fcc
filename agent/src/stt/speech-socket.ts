import type { ProviderError } from '../runtime/provider-error.ts';
import { openVendorSocket, type VendorSocket, type VendorSocketOptions } from '../runtime/vendor-socket.ts';

/**
 * A recogniser's websocket for the length of a stream. Frames that come before it is open wait; where the vendor closes
 * it while nobody speaks, it rests and is opened anew by the next frame.
 */
export interface SpeechSocket {
  /** Since when it is open, on the clock; null while it is not. */
  readonly openSinceMs: number | null;
  /** A frame that must not be lost. */
  send(text: string): void;
  /** A frame of sound: the oldest that wait are dropped past 10 s of them. */
  sendSound(text: string): void;
}

/** Frames of sound that may wait: 10 s of 32 ms each, the bound of the stage's contract. */
const MOST_WAITING_SOUNDS = 312;

/** A connection that ends sooner, in ms, has not ended because nobody spoke. */
const SHORT_LIFE_MS = 5_000;
/** So many of them in a row are a vendor that does not serve us. */
const MOST_SHORT_LIVES = 3;

interface Frame {
  readonly text: string;
  readonly isSound: boolean;
}

type Phase =
  | { readonly kind: 'resting' }
  | { readonly kind: 'opening'; readonly waiting: Frame[] }
  | { readonly kind: 'open'; readonly socket: VendorSocket; readonly sinceMs: number }
  | { readonly kind: 'over' };

export function openSpeechSocket(
  options: Omit<VendorSocketOptions, 'onBinary' | 'onClosed'> & {
    /** What each connection is told first. */
    readonly greeting: readonly string[];
    /** Whether nobody speaks and nothing is owed, so that a connection that ends is no loss. */
    readonly mayRest: () => boolean;
    /** What a close by the vendor means; `isIdle` where it closes so what nobody speaks on. */
    readonly closeError: (
      code: number,
      reason: string,
    ) => { readonly error: ProviderError; readonly isIdle: boolean };
    /** A connection ended that was no loss: the next frame opens another, which knows nothing of it. */
    readonly onRest?: () => void;
    /** The connection is lost and will not be opened again. */
    readonly onLost: (error: unknown) => void;
    /** A frame of sound waited too long and was dropped. */
    readonly onDropped: () => void;
  },
): SpeechSocket {
  const { signal } = options;
  let phase: Phase = { kind: 'resting' };
  let shortLives = 0;

  /** Whether the connection that ends may be opened anew by the next frame. */
  const mayRest = (): boolean => {
    const livedMs = phase.kind === 'open' ? options.clock.nowMs() - phase.sinceMs : 0;
    shortLives = livedMs < SHORT_LIFE_MS ? shortLives + 1 : 0;
    return shortLives < MOST_SHORT_LIVES && options.mayRest();
  };
  const lose = (error: unknown) => {
    if (phase.kind === 'over') return;
    phase = { kind: 'over' };
    if (!signal.aborted) options.onLost(error);
  };

  const connect = (): Phase => {
    const opening = { kind: 'opening', waiting: [] as Frame[] } as const;
    openVendorSocket({
      ...options,
      onText: (text) => {
        if (!signal.aborted && phase.kind !== 'over') options.onText(text);
      },
      onClosed(end) {
        if (end.by === 'us') return;
        const { error, isIdle } =
          end.by === 'vendor' ? options.closeError(end.code, end.reason) : { error: end.error, isIdle: true };
        if (!isIdle || !mayRest()) return lose(error);
        phase = { kind: 'resting' };
        options.onRest?.();
      },
    }).then((socket) => {
      for (const text of options.greeting) socket.send(text);
      for (const { text } of opening.waiting) socket.send(text);
      phase = { kind: 'open', socket, sinceMs: options.clock.nowMs() };
    }, lose);
    return opening;
  };

  const send = (frame: Frame) => {
    if (signal.aborted) return;
    if (phase.kind === 'resting') phase = connect();
    if (phase.kind === 'open') phase.socket.send(frame.text);
    if (phase.kind !== 'opening') return;
    phase.waiting.push(frame);
    const sounds = phase.waiting.filter(({ isSound }) => isSound);
    if (sounds.length <= MOST_WAITING_SOUNDS) return;
    phase.waiting.splice(
      phase.waiting.findIndex(({ isSound }) => isSound),
      1,
    );
    options.onDropped();
  };

  if (!signal.aborted) phase = connect();
  return {
    get openSinceMs() {
      return phase.kind === 'open' ? phase.sinceMs : null;
    },
    send: (text) => send({ text, isSound: false }),
    sendSound: (text) => send({ text, isSound: true }),
  };
}
