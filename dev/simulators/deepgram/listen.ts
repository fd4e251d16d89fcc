import { createHeardUtterances, type HeardEvent, type HeardWord } from '../heard-utterances.ts';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';
import { readClientMessage, samplesOf } from './client-message.ts';
import { createIdleLimit } from './idle-limit.ts';
import { createInOrder } from './in-order.ts';
import { listenMessages } from './listen-messages.ts';

/** Source: NET-0001, in the vendor's page on KeepAlive. */
const IDLE_MS = 10_000;
/** However short `endpointing` is, a sentence of the script is not over sooner: people breathe. */
const SHORTEST_PAUSE_MS = 500;
/** Silence that is told by a final without words. */
const SILENT_SPAN_MS = 3_000;
/** Less sound than this, since the last final, is finalised without a word. Source: the vendor's page on Finalize. */
const NOTICEABLE_MS = 100;
/** Longer sentences come as two finals, of which only the second ends the utterance. */
const WORDS_OF_ONE_FINAL = 4;

/** `/v1/listen`: Nova. */
export function openListen(exchange: SocketExchange): SocketListener {
  const { simulation, request } = exchange;
  const { query } = request;
  const { sttFinalMs } = simulation.delays;
  const sampleRateHz = Number(query.get('sample_rate') ?? 16_000);
  const endpointing = query.get('endpointing') ?? '10';
  const utteranceEndMs =
    query.get('interim_results') === 'true' ? Number(query.get('utterance_end_ms') ?? 0) : 0;
  const heard = createHeardUtterances({
    heard: simulation.heard,
    sampleRateHz,
    endSilenceMs: endpointing === 'false' ? null : Math.max(SHORTEST_PAUSE_MS, Number(endpointing)),
  });
  const messages = listenMessages(request);
  const idle = createIdleLimit(exchange, IDLE_MS);
  const inOrder = createInOrder(exchange);
  let finalUntilMs = 0;
  let isSpeaking = false;
  let lastWordEndMs: number | null = null;

  const send = (message: object, delayMs = 0) => inOrder.after(delayMs, () => exchange.send(message));

  /** Finals up to `untilMs`; the last carries the flags. */
  const finish = (
    words: readonly HeardWord[],
    untilMs: number,
    flags: { readonly speech_final: boolean; readonly from_finalize: boolean },
  ) => {
    const cut = words.length > WORDS_OF_ONE_FINAL ? words.length >> 1 : 0;
    const spans = [words.slice(0, cut), words.slice(cut)].filter(
      (span, index) => index === 1 || span.length > 0,
    );
    for (const [index, span] of spans.entries()) {
      const isLast = index === spans.length - 1;
      const endMs = isLast ? untilMs : (span.at(-1)?.endMs ?? untilMs);
      const result = messages.results({
        startMs: finalUntilMs,
        endMs,
        words: span,
        is_final: true,
        speech_final: isLast && flags.speech_final,
        from_finalize: isLast && flags.from_finalize,
      });
      if (exchange.takeQuirk('emptyFinal')) {
        send(
          messages.results({ ...EMPTY, startMs: finalUntilMs, endMs: finalUntilMs, is_final: true }),
          sttFinalMs,
        );
      }
      send(result, sttFinalMs);
      if (exchange.takeQuirk('duplicateFinal')) send(result, sttFinalMs);
      finalUntilMs = endMs;
    }
  };

  const tell = (event: HeardEvent) => {
    switch (event.type) {
      case 'started':
        isSpeaking = true;
        lastWordEndMs = null;
        if (query.get('vad_events') === 'true') send(messages.speechStarted(event.atMs));
        return;
      case 'words':
        if (query.get('interim_results') !== 'true') return;
        return send(
          messages.results({
            ...EMPTY,
            startMs: finalUntilMs,
            endMs: heard.positionMs,
            words: event.words,
          }),
        );
      case 'ended':
        isSpeaking = false;
        lastWordEndMs = event.words.at(-1)?.endMs ?? event.endMs;
        return;
    }
  };

  const hear = (bytes: Uint8Array) => {
    for (const event of heard.push(samplesOf(bytes))) {
      tell(event);
      if (event.type === 'ended') {
        finish(event.words, heard.positionMs, { speech_final: true, from_finalize: false });
      }
    }
    const { positionMs } = heard;
    if (!isSpeaking && positionMs - finalUntilMs >= SILENT_SPAN_MS) {
      send(messages.results({ ...EMPTY, startMs: finalUntilMs, endMs: positionMs, is_final: true }));
      finalUntilMs = positionMs;
    }
    if (utteranceEndMs > 0 && lastWordEndMs !== null && positionMs - lastWordEndMs >= utteranceEndMs) {
      send(messages.utteranceEnd(lastWordEndMs), sttFinalMs);
      lastWordEndMs = null;
    }
  };

  const finalize = () => {
    if (exchange.takeQuirk('noFinalize')) return;
    const flags = { speech_final: false, from_finalize: true };
    let isAnswered = false;
    for (const event of heard.flush()) {
      tell(event);
      if (event.type !== 'ended') continue;
      finish(event.words, heard.positionMs, flags);
      isAnswered = true;
    }
    if (!isAnswered && heard.positionMs - finalUntilMs >= NOTICEABLE_MS) finish([], heard.positionMs, flags);
  };

  const drain = () => {
    finalize();
    send(messages.metadata(heard.positionMs, simulation.epochMs() + exchange.skewMs), sttFinalMs);
    inOrder.after(0, () => exchange.close(1000));
  };

  if (exchange.takeQuirk('otherShape')) send({ type: 'Results', start: 'now' });
  if (exchange.takeQuirk('unknownMessage')) send({ type: 'Weather', sky: 'clear' });
  if (exchange.takeQuirk('errorFrame')) {
    // Not in the vendor's present description; older servers sent it.
    send({ type: 'Error', description: 'The model is overloaded.', message: 'NET-0000', variant: 'Net' });
    inOrder.after(0, () => exchange.close(1011, 'NET-0000'));
  }
  const isMute = exchange.takeQuirk('mute');

  return {
    binary(bytes) {
      idle.feed();
      if (isMute) return;
      // Source: the vendor's page on troubleshooting streams: an empty frame is the end of the stream.
      if (bytes.byteLength === 0) drain();
      else hear(bytes);
    },
    text(text) {
      idle.feed();
      if (isMute) return;
      switch (readClientMessage(text)?.type) {
        case 'KeepAlive':
          return;
        case 'Finalize':
          return finalize();
        case 'CloseStream':
          return drain();
        default:
          return exchange.close(1008, 'DATA-0000: the message cannot be read');
      }
    },
    closed() {
      idle.stop();
      inOrder.stop();
    },
  };
}

const EMPTY = { words: [], is_final: false, speech_final: false, from_finalize: false } as const;
