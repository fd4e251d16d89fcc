import { delay } from '@parley/agent/runtime/clock';
import type {
  RealtimeServerEvent,
  RealtimeTranscriptionSessionCreateRequest,
} from 'openai/resources/realtime/realtime';
import { z } from 'zod';
import { createHeardUtterances, type HeardEvent } from '../heard-utterances.ts';
import type { SocketExchange, SocketRoute } from '../simulated-vendor.ts';

/** Source: openai 6.49 resources/realtime/realtime.d.ts AudioTranscription. */
const SESSION_MODEL = /^(whisper-1|gpt-4o(-mini)?-transcribe|gpt-realtime-whisper|gpt-live-transcribe)/;
const LIVE_MODEL = /^gpt-(realtime-whisper|live-transcribe)/;
const RATE_HZ = 24_000;
/** Source: the error that the vendor gives. */
const SHORTEST_COMMIT_MS = 100;

/** Source: openai 6.49 SessionUpdateEvent, InputAudioBufferAppendEvent, -CommitEvent, -ClearEvent. */
const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('session.update'),
    session: z.object({
      type: z.string(),
      audio: z.object({
        input: z.object({
          format: z.object({ type: z.string(), rate: z.number().optional() }),
          noise_reduction: z.object({ type: z.enum(['near_field', 'far_field']) }).nullish(),
          transcription: z.object({
            model: z.string(),
            language: z.string().optional(),
            prompt: z.string().optional(),
          }),
          turn_detection: z
            .object({
              type: z.enum(['server_vad', 'semantic_vad']),
              silence_duration_ms: z.number().default(500),
            })
            .nullable(),
        }),
      }),
    }),
  }),
  z.object({ type: z.literal('input_audio_buffer.append'), audio: z.base64() }),
  z.object({ type: z.literal('input_audio_buffer.commit') }),
  z.object({ type: z.literal('input_audio_buffer.clear') }),
]);

type Unsent<Message> = Message extends unknown ? Omit<Message, 'event_id'> : never;
type SessionInput = z.infer<typeof clientMessageSchema> & { readonly type: 'session.update' };

/**
 * `/realtime?intent=transcription`: a transcription session. Known quirks: `outOfOrder`, the text of an item comes after
 * that of the next; `failed`, the next item's transcription fails; `unknownMessage`, something that no SDK knows.
 */
export const realtimeRoute: SocketRoute = {
  kind: 'socket',
  stage: 'stt',
  path: /^\/realtime$/,
  open(exchange) {
    const session = createSession(exchange);
    return {
      text: session.hear,
      binary: () => session.refuse('Invalid event: the session takes text frames.'),
    };
  },
};

function createSession(exchange: SocketExchange) {
  const { simulation, request } = exchange;
  const isTranscription = request.query.get('intent') === 'transcription' && !request.query.has('model');
  const newId = (prefix: string) => `${prefix}_${simulation.id(20)}`;
  const send = (message: Unsent<RealtimeServerEvent>) =>
    exchange.send({ event_id: newId('event'), ...message });
  const refuse = (message: string, code: string | null = null, param: string | null = null) =>
    send({ type: 'error', error: { type: 'invalid_request_error', code, message, param, event_id: null } });

  let input: SessionInput['session']['audio']['input'] | null = null;
  let utterances = newUtterances(null);
  let bufferedMs = 0;
  let texts: string[] = [];
  let itemId = newId('item');
  let previousItemId: string | null = null;
  let deltaWords = 0;
  /** The completion that the quirk `outOfOrder` holds back. */
  let heldBack: (() => void) | null = null;

  function newUtterances(endSilenceMs: number | null) {
    return createHeardUtterances({ heard: simulation.heard, sampleRateHz: RATE_HZ, endSilenceMs });
  }
  const reset = () => {
    bufferedMs = 0;
    texts = [];
    deltaWords = 0;
    itemId = newId('item');
  };

  send({
    type: 'session.created',
    session: isTranscription ? { type: 'transcription', audio: {} } : { type: 'realtime' },
  });
  if (exchange.takeQuirk('unknownMessage'))
    exchange.send({ event_id: newId('event'), type: 'session.weather' });

  const update = ({ session }: SessionInput) => {
    const { format, transcription, turn_detection: turns } = session.audio.input;
    if (!isTranscription || session.type !== 'transcription') {
      return refuse('Passing a transcription session update event to a realtime session is not allowed.');
    }
    if (format.type !== 'audio/pcm' || format.rate !== RATE_HZ) {
      return refuse(
        'Invalid value: the rate of audio/pcm must be 24000.',
        'invalid_value',
        'session.audio.input.format',
      );
    }
    if (!SESSION_MODEL.test(transcription.model)) {
      refuse(
        `Invalid model: ${transcription.model}.`,
        'invalid_model',
        'session.audio.input.transcription.model',
      );
      return exchange.close(4000, 'invalid_request_error.invalid_model');
    }
    if (LIVE_MODEL.test(transcription.model) && turns !== null) {
      return refuse(
        'Turn detection must be null for this model.',
        'invalid_value',
        'session.audio.input.turn_detection',
      );
    }
    input = session.audio.input;
    utterances = newUtterances(turns?.silence_duration_ms ?? null);
    // The SDK's type allows what the session answers, and more.
    send({ type: 'session.updated', session: session as RealtimeTranscriptionSessionCreateRequest });
  };

  const hearEvent = (event: HeardEvent) => {
    const hasTurns = input?.turn_detection != null;
    switch (event.type) {
      case 'started':
        if (hasTurns) {
          const at = event.atMs + exchange.skewMs;
          send({ type: 'input_audio_buffer.speech_started', audio_start_ms: at, item_id: itemId });
        }
        return;
      case 'words':
        if (input !== null && LIVE_MODEL.test(input.transcription.model)) {
          const fresh = event.words.slice(deltaWords).map(({ text }) => `${text} `);
          deltaWords = event.words.length;
          sendDelta(itemId, fresh.join(''));
        }
        return;
      case 'ended':
        texts.push(event.text);
        if (!hasTurns) return;
        send({
          type: 'input_audio_buffer.speech_stopped',
          audio_end_ms: event.endMs + exchange.skewMs,
          item_id: itemId,
        });
        void commit();
    }
  };

  const sendDelta = (ofItemId: string, delta: string) =>
    send({
      type: 'conversation.item.input_audio_transcription.delta',
      item_id: ofItemId,
      content_index: 0,
      delta,
    });

  const commit = async () => {
    const text = texts.join(' ');
    const committed = { itemId, told: deltaWords, seconds: bufferedMs / 1000 };
    send({ type: 'input_audio_buffer.committed', previous_item_id: previousItemId, item_id: itemId });
    previousItemId = itemId;
    reset();
    const isFailed = exchange.takeQuirk('failed');
    const isHeldBack = exchange.takeQuirk('outOfOrder');
    try {
      await delay(simulation.clock, simulation.delays.sttFinalMs, exchange.signal);
    } catch {
      return;
    }
    const complete = () => {
      if (isFailed) {
        const error = {
          type: 'server_error',
          code: 'transcription_failed',
          message: 'Input transcription failed.',
        };
        return send({
          type: 'conversation.item.input_audio_transcription.failed',
          item_id: committed.itemId,
          content_index: 0,
          error,
        });
      }
      tellText(committed, text);
    };
    if (isHeldBack) {
      heldBack = complete;
      return;
    }
    complete();
    heldBack?.();
    heldBack = null;
  };

  const tellText = (
    item: { readonly itemId: string; readonly told: number; readonly seconds: number },
    text: string,
  ) => {
    const isWhisper = input?.transcription.model.startsWith('whisper') === true;
    const words = text.split(' ').filter(Boolean).slice(item.told);
    const deltas = isWhisper
      ? [words.join(' ')]
      : words.map((word, index) => (index === 0 ? word : ` ${word}`));
    for (const delta of deltas.filter(Boolean)) sendDelta(item.itemId, delta);
    send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: item.itemId,
      content_index: 0,
      transcript: text,
      usage: { type: 'duration', seconds: item.seconds },
    });
  };

  const hear = (text: string) => {
    const parsed = clientMessageSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return refuse(z.prettifyError(parsed.error), 'invalid_event');
    const message = parsed.data;
    if (message.type === 'session.update') return update(message);
    if (input === null) return refuse('The session has no transcription model yet.');
    switch (message.type) {
      case 'input_audio_buffer.append': {
        const bytes = Buffer.from(message.audio, 'base64');
        const samples = new Int16Array(bytes.length >> 1).map((_, index) => bytes.readInt16LE(2 * index));
        bufferedMs += (samples.length * 1000) / RATE_HZ;
        for (const event of utterances.push(samples)) hearEvent(event);
        return;
      }
      case 'input_audio_buffer.commit':
        if (bufferedMs < SHORTEST_COMMIT_MS) {
          const told = `buffer too small. Expected at least 100ms of audio, but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`;
          return refuse(`Error committing input audio buffer: ${told}`, 'input_audio_buffer_commit_empty');
        }
        for (const event of utterances.flush()) hearEvent(event);
        void commit();
        return;
      case 'input_audio_buffer.clear':
        utterances.flush();
        reset();
        return send({ type: 'input_audio_buffer.cleared' });
    }
  };
  return { hear, refuse };
}
