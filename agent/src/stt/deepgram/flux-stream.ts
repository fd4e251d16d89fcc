import type { Deepgram } from '@deepgram/sdk';
import type { Logger } from 'pino';
import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import {
  type DeepgramConnection,
  type DeepgramHandlers,
  type DeepgramSocket,
  failed,
} from '../../runtime/deepgram-connection.ts';
import type { ProviderError } from '../../runtime/provider-error.ts';
import type { SttEvent, SttStream } from '../contract.ts';
import { answeringFinal, orderedWords, type Understood } from '../final-event.ts';
import { createFluxTurns } from './flux-turns.ts';
import { requireRate } from './require-rate.ts';
import { createWaitingSound, msOf, SAMPLE_RATE_HZ } from './sound-in.ts';

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

const MOST_EVENTS = 1_000;
/** Sound that a frame to the vendor has, in samples: 80 ms, as it advises. */
const FRAME_SAMPLES = (80 * SAMPLE_RATE_HZ) / 1000;
/** How often it is looked whether sound comes at all, in ms. */
const LOOK_MS = 250;
/** Without sound for so long, in ms, the vendor is given silence: its clock is the sound, and a turn would never end. */
const SOUNDLESS_MS = 500;
/**
 * How long a final waits until the vendor has heard all that was said, in ms: an Update comes each 240 ms of sound, and
 * takes its way. Then what is understood so far is the answer.
 */
const FINAL_WITHIN_MS = 500;
/** An end of turn answers what was asked for with so much more sound, in ms: the silence that told the end. */
const SAME_END_MS = 1_000;
/** Sound without an answer, in ms, after which the vendor is deaf. Source: a stream was seen that stayed mute for 23 s. */
const MUTE_MS = 5_000;

interface OwedFinal {
  untilMs: number;
  /** Speech before it and after the wish before it. */
  readonly hasSpeech: boolean;
  cancelDeadline: () => void;
}

/** One ear's stream to Flux, which says itself when a turn is over: its words are then given, asked for or not. */
export function openFluxStream(options: {
  readonly connect: (handlers: DeepgramHandlers<FluxMessage, FluxSocket>) => DeepgramConnection;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}): SttStream {
  const { signal, clock, log } = options;
  const events = createAsyncQueue<SttEvent>(MOST_EVENTS);
  const waiting = createWaitingSound<OwedFinal>();
  const turns = createFluxTurns();
  let phase: { readonly kind: 'opening' | 'over' } | { readonly kind: 'open'; readonly socket: FluxSocket } =
    {
      kind: 'opening',
    };
  let owed: readonly OwedFinal[] = [];
  let hasSpeech = false;
  let unsent = new Int16Array(0);
  let sentMs = 0;
  let utteranceStartMs = 0;
  let lastInterim = '';
  let lastSoundAtMs = clock.nowMs();
  let lastMessageAtMs = clock.nowMs();
  let cancelLook = () => {};

  const end = () => {
    phase = { kind: 'over' };
    cancelLook();
    for (const { cancelDeadline } of owed) cancelDeadline();
    owed = [];
    signal.removeEventListener('abort', onAbort);
  };
  const fail = (error: ProviderError) => {
    end();
    connection?.close();
    events.fail(error);
  };
  const onAbort = () => {
    end();
    connection?.close();
    events.end();
  };

  const send = (socket: FluxSocket, samples: Int16Array, isWhole = false) => {
    const all = new Int16Array(unsent.length + samples.length);
    all.set(unsent);
    all.set(samples, unsent.length);
    const least = isWhole ? 1 : FRAME_SAMPLES;
    let at = 0;
    for (; all.length - at >= least; at += FRAME_SAMPLES) socket.sendMedia(all.slice(at, at + FRAME_SAMPLES));
    unsent = all.slice(at);
    sentMs += msOf(samples.length);
  };

  /** Keeps the vendor's clock going, and finds out when it is deaf. */
  const look = (socket: FluxSocket) => {
    const nowMs = clock.nowMs();
    if (nowMs - lastSoundAtMs >= SOUNDLESS_MS)
      send(socket, new Int16Array((LOOK_MS * SAMPLE_RATE_HZ) / 1000));
    if (sentMs - turns.coveredUntilMs > MUTE_MS && nowMs - lastMessageAtMs > MUTE_MS) {
      return fail(
        failed('timeout', `Flux gave no sign of ${Math.round(sentMs - turns.coveredUntilMs)} ms of sound`),
      );
    }
    cancelLook = clock.at(nowMs + LOOK_MS, () => look(socket));
  };

  const askFinal = (socket: FluxSocket, final: OwedFinal) => {
    send(socket, new Int16Array(0), true);
    final.untilMs = sentMs;
    if (final.hasSpeech) {
      final.cancelDeadline = clock.at(clock.nowMs() + FINAL_WITHIN_MS, () => {
        log.debug(
          { waitedMs: FINAL_WITHIN_MS },
          'Flux has not heard all of it; what was understood so far is taken',
        );
        while (owed[0] !== undefined && owed[0] !== final) answer(owed[0]);
        answer(final);
        settle();
      });
    }
    settle();
  };

  const relative = ({ words, ...understood }: Understood): Understood => ({
    ...understood,
    words: orderedWords(
      words.map(({ text, startMs, endMs }) => ({
        text,
        startMs: startMs - utteranceStartMs,
        endMs: endMs - utteranceStartMs,
      })),
      Math.max(0, sentMs - utteranceStartMs),
    ),
  });

  const answer = (final: OwedFinal) => {
    final.cancelDeadline();
    owed = owed.filter((other) => other !== final);
    events.push(answeringFinal(relative(turns.cut())));
    utteranceStartMs = Math.max(utteranceStartMs, final.untilMs);
    lastInterim = '';
  };

  /** Answers what needs nothing more from the vendor. */
  const settle = () => {
    for (;;) {
      const [next] = owed;
      if (next === undefined || phase.kind !== 'open') return;
      if (next.hasSpeech && turns.coveredUntilMs < next.untilMs - 1) return;
      answer(next);
    }
  };

  const endTurn = (endMs: number, isTold: boolean) => {
    if (isTold) events.push({ type: 'speechEnded' });
    let [next] = owed;
    if (next === undefined) {
      const rest = answeringFinal(relative(turns.cut()));
      if (rest.outcome === 'words') events.push({ ...rest, answersFinalize: false });
      utteranceStartMs = endMs;
    }
    while (next !== undefined && next.untilMs <= endMs + SAME_END_MS) {
      answer(next);
      [next] = owed;
    }
    if (next !== undefined && turns.text !== '') {
      events.push({ ...answeringFinal(relative(turns.cut())), answersFinalize: false });
    }
    lastInterim = '';
  };

  const takeTurn = (info: Deepgram.listen.ListenV2TurnInfo) => {
    const { isStarted, isEnded } = turns.take(info);
    if (isStarted) events.push({ type: 'speechStarted' });
    if (info.event === 'EndOfTurn') endTurn(info.audio_window_end * 1000, isEnded);
    settle();
    const { text } = turns;
    if (text !== '' && text !== lastInterim) {
      lastInterim = text;
      events.push({ type: 'interim', text });
    }
  };

  const take = (message: FluxMessage) => {
    lastMessageAtMs = clock.nowMs();
    switch (message.type) {
      case 'TurnInfo':
        return takeTurn(message);
      case 'Error': {
        const { code, description } = message;
        const meaning = code === 'UNPARSABLE_CLIENT_MESSAGE' ? 'protocol' : 'unavailable';
        return fail(failed(meaning, `${code}: ${description}`.slice(0, 200)));
      }
      case 'Connected':
      case 'ConfigureSuccess':
      case 'ConfigureFailure':
        return;
      default:
        log.debug(
          { type: String((message as { readonly type?: unknown }).type) },
          'a message of an unknown type',
        );
    }
  };

  if (signal.aborted) phase = { kind: 'over' };
  const connection = signal.aborted
    ? null
    : options.connect({
        onOpen(socket) {
          phase = { kind: 'open', socket };
          lastMessageAtMs = clock.nowMs();
          if (waiting.droppedMs > 0) {
            log.warn(
              { droppedMs: waiting.droppedMs },
              'sound came before the recogniser was reached; its start is lost',
            );
          }
          for (const item of waiting.take()) {
            if ('frame' in item) send(socket, item.frame.samples);
            else askFinal(socket, item.wish);
          }
          look(socket);
        },
        onMessage: take,
        onLost: fail,
      });
  if (signal.aborted) events.end();
  else signal.addEventListener('abort', onAbort, { once: true });

  return {
    push(frame) {
      requireRate(frame);
      if (phase.kind === 'over') return;
      lastSoundAtMs = clock.nowMs();
      hasSpeech ||= frame.isSpeech;
      if (phase.kind === 'open') send(phase.socket, frame.samples);
      else waiting.push(frame);
    },
    finalize() {
      if (phase.kind === 'over') return;
      const final: OwedFinal = { untilMs: sentMs, hasSpeech, cancelDeadline: () => {} };
      hasSpeech = false;
      owed = [...owed, final];
      if (phase.kind === 'open') askFinal(phase.socket, final);
      else waiting.ask(final);
    },
    async *[Symbol.asyncIterator]() {
      for await (const event of events) {
        if (signal.aborted) return;
        yield event;
      }
    },
  };
}
