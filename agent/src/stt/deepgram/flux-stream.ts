import type { Deepgram } from '@deepgram/sdk';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import {
  type DeepgramConnection,
  type DeepgramHandlers,
  type DeepgramSocket,
  failed,
} from '../../runtime/deepgram-connection.ts';
import type { SttStream } from '../contract.ts';
import { answeringFinal } from '../final-event.ts';
import { createFluxSound } from './flux-sound.ts';
import { createFluxTurns } from './flux-turns.ts';
import { createOwedFinals } from './owed-finals.ts';
import { msOf, requireRate } from './sample-rate.ts';
import { openSoundLine } from './sound-line.ts';
import { createStreamLife } from './stream-life.ts';
import { sinceStart } from './transcript.ts';
import { type TurnInfo, turnInfoSchema } from './wire-messages.ts';

/** What Flux sends. */
export type FluxMessage =
  | Deepgram.listen.ListenV2Connected
  | Deepgram.listen.ListenV2TurnInfo
  | Deepgram.listen.ListenV2ConfigureSuccess
  | Deepgram.listen.ListenV2ConfigureFailure
  | Deepgram.listen.ListenV2FatalError;

/** What of the SDK's socket a stream uses. */
export interface FluxSocket extends DeepgramSocket<FluxMessage> {
  sendMedia(sound: ArrayBufferView): void;
}

/**
 * How long a final waits until the vendor has heard all that was said, in ms: an Update comes each 240 ms of sound, and
 * takes its way. Then what is understood so far is the answer.
 */
const FINAL_WITHIN_MS = 500;
/** An end of turn answers what was asked for with so much more sound, in ms: the silence that told the end. */
const SAME_END_MS = 1_000;

/** One ear's stream to Flux, which says itself when a turn is over: its words are then given, asked for or not. */
export function openFluxStream(options: {
  readonly connect: (handlers: DeepgramHandlers<FluxMessage, FluxSocket>) => DeepgramConnection;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}): SttStream {
  const { clock, log } = options;
  const turns = createFluxTurns();
  const sound = createFluxSound({
    clock,
    coveredUntilMs: () => turns.coveredUntilMs,
    onMute: (soundMs) =>
      life.fail(failed('timeout', `Flux gave no sign of ${Math.round(soundMs)} ms of sound`)),
  });
  let speechMs = 0;
  let utteranceStartMs = 0;
  let lastInterim = '';

  const life = createStreamLife({
    signal: options.signal,
    release() {
      sound.stop();
      owed.clear();
      line?.close();
    },
  });

  /** The words of the turn that were not given yet, as a final that was asked for. */
  const rest = () => answeringFinal(sinceStart(turns.cut(), utteranceStartMs, sound.sentMs));
  const owed = createOwedFinals({
    clock,
    withinMs: FINAL_WITHIN_MS,
    isReady: (untilMs) => turns.coveredUntilMs >= untilMs - 1,
    give(final) {
      life.give(rest());
      utteranceStartMs = Math.max(utteranceStartMs, final.untilMs ?? 0);
      lastInterim = '';
    },
    onLate() {
      log.debug(
        { waitedMs: FINAL_WITHIN_MS },
        'Flux has not heard all of it; what was understood so far is taken',
      );
      return true;
    },
  });

  const endTurn = (endMs: number) => {
    while (
      owed.first !== undefined &&
      (owed.first.untilMs ?? Number.POSITIVE_INFINITY) <= endMs + SAME_END_MS
    )
      owed.giveFirst();
    if (turns.text !== '') {
      life.give({ ...rest(), answersFinalize: false });
      utteranceStartMs = endMs;
    }
    lastInterim = '';
  };

  const takeTurn = (info: TurnInfo) => {
    const { isStarted, isEnded } = turns.take(info);
    if (isStarted) life.give({ type: 'speechStarted' });
    if (isEnded) life.give({ type: 'speechEnded' });
    if (info.event === 'EndOfTurn') endTurn(info.audio_window_end * 1000);
    owed.giveReady();
    const { text } = turns;
    if (text === '' || text === lastInterim) return;
    lastInterim = text;
    life.give({ type: 'interim', text });
  };

  const take = (message: FluxMessage) => {
    sound.answered();
    switch (message.type) {
      case 'TurnInfo':
        return takeTurn(turnInfoSchema.parse(message));
      case 'Error': {
        const { code, description } = message;
        const meaning = code === 'UNPARSABLE_CLIENT_MESSAGE' ? 'protocol' : 'unavailable';
        return life.fail(failed(meaning, `${code}: ${description}`.slice(0, 200)));
      }
      case 'Connected':
      case 'ConfigureSuccess':
      case 'ConfigureFailure':
        return;
      default:
        log.debug({ message }, 'Flux sent a message of an unknown type');
    }
  };

  const line = life.isOver
    ? null
    : openSoundLine<FluxMessage, FluxSocket>({
        connect: options.connect,
        onOpen: (socket) => sound.start((samples) => socket.sendMedia(samples)),
        sendSound: (_, { samples }) => sound.push(samples),
        sendWish(_, final) {
          sound.flush();
          owed.wait(final, sound.sentMs);
          owed.giveReady();
        },
        onMessage: take,
        // Its clock is the sound, silence too: a line that is lost was in use.
        onClosed: () => false,
        onLost: life.fail,
        log,
      });

  return {
    push(frame) {
      requireRate(frame);
      if (life.isOver) return;
      if (frame.isSpeech) speechMs += msOf(frame.samples.length);
      sound.came();
      line?.sound([frame]);
    },
    finalize() {
      if (life.isOver) return;
      const final = owed.add(speechMs);
      speechMs = 0;
      if (final.speechMs > 0) line?.wish(final);
      owed.giveReady();
    },
    [Symbol.asyncIterator]: () => life[Symbol.asyncIterator](),
  };
}
