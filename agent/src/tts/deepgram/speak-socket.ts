import type { Deepgram, DeepgramClient } from '@deepgram/sdk';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import {
  connectDeepgram,
  type DeepgramAccount,
  type DeepgramSocket,
  failed,
} from '../../runtime/deepgram-connection.ts';
import { createDeferred } from '../../runtime/deferred.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import { createPcmStream } from '../pcm-stream.ts';
import { createSpeakAllowance } from './speak-allowance.ts';

/** One socket to a voice, for one reply after another: the vendor's sound does not say whose it is. */
export interface SpeakSocket {
  /** Resolves once it is open, rejects with ProviderError where it cannot be. */
  readonly opened: Promise<void>;
  /** Whether a text of so many characters may be said on it now. */
  allows(characters: number): boolean;
  /** Gives it to a reply. */
  take(listener: SpeakListener): void;
  /** Has a text spoken, piece by piece; `onFlushed` follows its sound. */
  say(pieces: readonly string[]): void;
  /** The reply is over. What it has not got is taken back at the vendor; then the socket is idle again. */
  release(): void;
  close(): void;
}

export interface SpeakListener {
  readonly onSound: (samples: Int16Array) => void;
  /** The sound of one text is whole. */
  readonly onFlushed: () => void;
  readonly onLost: (error: ProviderError) => void;
}

/** What the vendor sends beside sound. */
type SpeakMessage =
  | Deepgram.speak.SpeakV1Metadata
  | Deepgram.speak.SpeakV1Flushed
  | Deepgram.speak.SpeakV1Cleared
  | Deepgram.speak.SpeakV1Warning;

/** What of the SDK's socket is used. */
interface VendorSpeakSocket extends DeepgramSocket<SpeakMessage> {
  sendText(message: Deepgram.speak.SpeakV1Text): void;
  sendFlush(message: Deepgram.speak.SpeakV1Flush): void;
  sendClear(message: Deepgram.speak.SpeakV1Clear): void;
}

/** How long the vendor may take to confirm a Clear, in ms; then the socket is closed, and its sound with it. */
const CLEARED_WITHIN_MS = 2_000;

/** A socket that is lost sooner, in ms, was refused, or the vendor is down. */
const WORN_AFTER_MS = 5_000;

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'speaking'; readonly listener: SpeakListener; readonly owedFlushes: number }
  /** Late sound of the reply before is dropped. */
  | { readonly kind: 'clearing'; readonly cancelDeadline: () => void }
  | { readonly kind: 'closed' };

export function openSpeakSocket(options: {
  readonly account: DeepgramAccount;
  readonly open: (client: DeepgramClient) => Promise<VendorSpeakSocket>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onIdle: (socket: SpeakSocket) => void;
  /** It is closed, by the vendor or after a failure. `isWorn`: it had been open for a while, so another may be opened. */
  readonly onGone: (socket: SpeakSocket, isWorn: boolean) => void;
}): SpeakSocket {
  const { account, clock, log } = options;
  const allowance = createSpeakAllowance({ clock });
  const opened = createDeferred<void>();
  // Who does not wait for it hears of a failure otherwise.
  opened.promise.catch(() => {});
  let vendor: VendorSpeakSocket | null = null;
  let unsent: readonly (readonly string[])[] = [];
  let phase: Phase = { kind: 'idle' };
  let pcm = createPcmStream();
  const bornAtMs = clock.nowMs();

  const gone = (error: ProviderError) => {
    const before = phase;
    opened.reject(error);
    close();
    options.onGone(socket, clock.nowMs() - bornAtMs > WORN_AFTER_MS);
    if (before.kind === 'speaking') before.listener.onLost(error);
    else log.debug({ err: error }, 'an idle socket to a voice was closed');
  };
  const close = () => {
    if (phase.kind === 'clearing') phase.cancelDeadline();
    phase = { kind: 'closed' };
    unsent = [];
    connection.close();
    opened.reject(failed('unavailable', 'the voice is closed'));
  };
  const idle = () => {
    phase = { kind: 'idle' };
    pcm = createPcmStream();
    options.onIdle(socket);
  };

  const takeMessage = (message: SpeakMessage) => {
    switch (message.type) {
      case 'Flushed':
        if (phase.kind !== 'speaking' || phase.owedFlushes === 0) return;
        phase = { ...phase, owedFlushes: phase.owedFlushes - 1 };
        pcm = createPcmStream();
        return phase.listener.onFlushed();
      case 'Cleared':
        if (phase.kind !== 'clearing') return;
        phase.cancelDeadline();
        return idle();
      case 'Metadata':
        return;
      case 'Warning': {
        const { code, description } = message as Deepgram.speak.SpeakV1Warning;
        log.warn({ code, description }, 'Deepgram warns of what its voice was asked for');
        // A flush that is not done is never confirmed.
        if (/flush/i.test(`${code} ${description}`)) gone(failed('rate_limit', `${code}: ${description}`));
      }
    }
  };
  const takeSound = (bytes: Buffer) => {
    if (phase.kind !== 'speaking') return;
    const samples = pcm.push(bytes);
    if (samples.length > 0) phase.listener.onSound(samples);
  };
  const send = (to: VendorSpeakSocket, pieces: readonly string[]) => {
    for (const text of pieces) to.sendText({ type: 'Speak', text });
    to.sendFlush({ type: 'Flush' });
  };

  const connection = connectDeepgram<SpeakMessage, VendorSpeakSocket>(account, options.open, {
    onOpen(created) {
      vendor = created;
      opened.resolve();
      for (const pieces of unsent) send(created, pieces);
      unsent = [];
    },
    onMessage: takeMessage,
    onSound: takeSound,
    onLost: gone,
  });

  const socket: SpeakSocket = {
    opened: opened.promise,
    allows: (characters) => allowance.allows(characters),
    take(listener) {
      phase = { kind: 'speaking', listener, owedFlushes: 0 };
    },
    say(pieces) {
      if (phase.kind !== 'speaking') return;
      phase = { ...phase, owedFlushes: phase.owedFlushes + 1 };
      allowance.use(pieces.reduce((sum, piece) => sum + piece.length, 0));
      if (vendor === null) unsent = [...unsent, pieces];
      else send(vendor, pieces);
    },
    release() {
      if (phase.kind !== 'speaking') return;
      if (phase.owedFlushes === 0 || vendor === null) {
        unsent = [];
        return idle();
      }
      const cancelDeadline = clock.at(clock.nowMs() + CLEARED_WITHIN_MS, () =>
        gone(failed('timeout', 'a Clear was not confirmed')),
      );
      phase = { kind: 'clearing', cancelDeadline };
      vendor.sendClear({ type: 'Clear' });
    },
    close() {
      if (phase.kind !== 'closed') close();
    },
  };
  return socket;
}
