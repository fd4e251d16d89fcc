import type { Deepgram } from '@deepgram/sdk';
import { createHeardUtterances, type HeardEvent, type HeardWord } from '../heard-utterances.ts';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';
import { readClientMessage, samplesOf } from './client-message.ts';
import { createIdleLimit } from './idle-limit.ts';
import { createInOrder } from './in-order.ts';
import { requestIdOf } from './request-id.ts';

/** Source: a thread of the Python SDK: streams without sound were dropped after 20 to 30 s. */
const IDLE_MS = 20_000;
/** Sound between two Updates. Source: the vendor's page on the states of a turn: about a quarter of a second. */
const UPDATE_MS = 240;
/** Silence that ends a turn here; a shorter pause is within it. */
const END_SILENCE_MS = 400;
/** Silence after which all words of a sentence are told. */
const WORDS_SILENCE_MS = 180;

type TurnInfo = Deepgram.listen.ListenV2TurnInfo;

/** `/v2/listen`: Flux, which ends turns itself. */
export function openFlux(exchange: SocketExchange): SocketListener {
  const { simulation, request } = exchange;
  const { query } = request;
  const { sttFinalMs } = simulation.delays;
  const request_id = requestIdOf(request);
  const givesEager = query.has('eager_eot_threshold');
  const heard = createHeardUtterances({
    heard: simulation.heard,
    sampleRateHz: Number(query.get('sample_rate') ?? 16_000),
    endSilenceMs: WORDS_SILENCE_MS,
  });
  const idle = createIdleLimit(exchange, IDLE_MS);
  const inOrder = createInOrder(exchange);
  let sequence = 0;
  let turnIndex = 0;
  let turnStartMs = 0;
  let toldMs = 0;
  /** Of the turn: sentences that are whole, and what is being said. */
  let whole: readonly HeardWord[] = [];
  let words: readonly HeardWord[] = [];
  let isOpen = false;
  /** Where the last whole sentence ended; null while somebody speaks. */
  let silentFromMs: number | null = null;
  /** The last word of the vendor was that the turn may be over. */
  let isEager = false;

  // Source: listen/resources/v2/types of the SDK, for every message here; `sequence_id` counts all of them.
  const send = (message: object, delayMs = 0) =>
    inOrder.after(delayMs, () => exchange.send({ ...message, request_id, sequence_id: sequence++ }));
  const sendTurn = (
    event: TurnInfo['event'],
    confidence: number,
    more: { trigger?: string } = {},
    delayMs = 0,
  ) => {
    const info = {
      type: 'TurnInfo',
      event,
      turn_index: turnIndex,
      audio_window_start: secondsOf(turnStartMs),
      audio_window_end: secondsOf(heard.positionMs),
      transcript: words.map(({ text }) => text).join(' '),
      words: words.map(({ text, startMs, endMs }) => ({
        word: text,
        confidence: 0.96,
        start: secondsOf(startMs),
        end: secondsOf(endMs),
      })),
      end_of_turn_confidence: confidence,
      ...more,
      ...(query.get('model') === 'flux-general-multi' && words.length > 0 ? { languages: ['en'] } : {}),
    } satisfies Omit<TurnInfo, 'request_id' | 'sequence_id'>;
    send(info, delayMs);
  };
  const fault = (code: string, description: string) => {
    // Source: ListenV2FatalError.d.ts; the code, the SDK's comment on `sendForceEndTurn`.
    send({ type: 'Error', code, description });
    inOrder.after(0, () => exchange.close(1008, code));
  };

  const grow = (next: readonly HeardWord[]) => {
    words = next;
    if (!isOpen) {
      isOpen = true;
      return sendTurn('StartOfTurn', 0.1);
    }
    if (isEager) {
      isEager = false;
      return sendTurn('TurnResumed', 0.1);
    }
    if (!givesEager) return sendTurn('Update', 0.2);
    isEager = true;
    sendTurn('EagerEndOfTurn', 0.45);
  };

  const tell = (event: HeardEvent) => {
    switch (event.type) {
      case 'started':
        silentFromMs = null;
        return;
      case 'words':
        return grow([...whole, ...event.words]);
      case 'ended':
        silentFromMs = event.endMs;
        whole = [...whole, ...event.words];
        return grow(whole);
    }
  };

  const endTurn = () => {
    if (givesEager && !isEager) sendTurn('EagerEndOfTurn', 0.5);
    sendTurn('EndOfTurn', 0.82, { trigger: 'model' }, sttFinalMs);
    isOpen = false;
    isEager = false;
    whole = [];
    words = [];
    silentFromMs = null;
    turnIndex += 1;
    turnStartMs = heard.positionMs;
  };

  const update = () => {
    toldMs = heard.positionMs;
    sendTurn('Update', isOpen ? 0.2 : 0.01);
  };

  send({ type: 'Connected' });
  if (exchange.takeQuirk('otherShape')) send({ type: 'TurnInfo', event: 'Update' });
  if (exchange.takeQuirk('unknownMessage')) send({ type: 'Weather', sky: 'clear' });
  if (exchange.takeQuirk('errorFrame')) fault('INTERNAL_SERVER_ERROR', 'The model is overloaded.');
  const isMute = exchange.takeQuirk('mute');

  return {
    binary(bytes) {
      idle.feed();
      if (isMute) return;
      for (const event of heard.push(samplesOf(bytes))) tell(event);
      if (silentFromMs !== null && heard.positionMs - silentFromMs >= END_SILENCE_MS) endTurn();
      if (heard.positionMs - toldMs >= UPDATE_MS) update();
    },
    text(text) {
      const message = readClientMessage(text);
      switch (message?.type) {
        case 'CloseStream':
          // No EndOfTurn and no Metadata; the close has no code. Source: the vendor's page on closing a stream.
          if (heard.positionMs > toldMs) update();
          return inOrder.after(0, () => exchange.close());
        case 'Configure':
          return send({
            type: 'ConfigureSuccess',
            thresholds: message.thresholds ?? {},
            keyterms: message.keyterms ?? [],
          });
        // There is no KeepAlive and no Finalize; ForceEndTurn must have been enabled for a project.
        default:
          return fault(
            'UNPARSABLE_CLIENT_MESSAGE',
            `a message of type ${message?.type ?? 'none'} cannot be read`,
          );
      }
    },
    closed() {
      idle.stop();
      inOrder.stop();
    },
  };
}

const secondsOf = (ms: number): number => Math.round(ms) / 1000;
