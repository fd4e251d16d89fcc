import type { Logger } from 'pino';
import type { DeepgramConnection, DeepgramHandlers } from '../../runtime/deepgram-connection.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import type { HeardFrame } from '../contract.ts';
import type { OwedFinal } from './owed-finals.ts';
import { createWaitingSound } from './waiting-sound.ts';

/** The way of a stream's sound to the vendor. What comes before it is open waits, in order. */
export interface SoundLine {
  /** Frames that belong together: where one is of speech, those before it lead to it. */
  sound(frames: readonly HeardFrame[]): void;
  /** The place of a wish in the sound. */
  wish(final: OwedFinal): void;
  close(): void;
}

type Phase<Socket> =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly socket: Socket }
  /** The vendor closed it while nobody spoke: the next speech opens it again. */
  | { readonly kind: 'resting' };

export function openSoundLine<Message, Socket>(options: {
  readonly connect: (handlers: DeepgramHandlers<Message, Socket>) => DeepgramConnection;
  /** The stream begins, or begins anew; what waited follows. */
  readonly onOpen: (socket: Socket) => void;
  readonly sendSound: (socket: Socket, frame: HeardFrame) => void;
  readonly sendWish: (socket: Socket, final: OwedFinal) => void;
  readonly onMessage: (message: Message) => void;
  /** It was open and is lost: true where nobody speaks and nothing is owed, so that the line rests and loses nothing. */
  readonly onClosed: (error: ProviderError) => boolean;
  readonly onLost: (error: ProviderError) => void;
  readonly log: Logger;
}): SoundLine {
  const { log } = options;
  const waiting = createWaitingSound<OwedFinal>();
  let phase: Phase<Socket> = { kind: 'opening' };

  const connect = () =>
    options.connect({
      onOpen(socket) {
        phase = { kind: 'open', socket };
        const { droppedMs } = waiting;
        if (droppedMs > 0)
          log.warn({ droppedMs }, 'sound came long before the recogniser was reached; its start is lost');
        options.onOpen(socket);
        for (const item of waiting.take()) {
          if ('frame' in item) options.sendSound(socket, item.frame);
          else options.sendWish(socket, item.wish);
        }
      },
      onMessage: options.onMessage,
      onLost(error) {
        if (phase.kind !== 'open' || !options.onClosed(error)) return options.onLost(error);
        log.debug({ err: error }, 'the recogniser closed a line on which nobody spoke');
        phase = { kind: 'resting' };
      },
    });
  let connection = connect();

  return {
    sound(frames) {
      if (phase.kind === 'resting') {
        if (!frames.some(({ isSpeech }) => isSpeech)) return;
        phase = { kind: 'opening' };
        connection = connect();
      }
      for (const frame of frames) {
        if (phase.kind === 'open') options.sendSound(phase.socket, frame);
        else waiting.push(frame);
      }
    },
    wish(final) {
      if (phase.kind === 'open') options.sendWish(phase.socket, final);
      else waiting.ask(final);
    },
    close: () => connection.close(),
  };
}
