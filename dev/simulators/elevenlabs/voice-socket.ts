import type { ElevenLabs } from '@elevenlabs/elevenlabs-js';
import { z } from 'zod';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';
import { openVoiceContext, type VoiceContext } from './voice-context.ts';

/** Source: the vendor's page on multi-context websockets. */
const MOST_CONTEXTS = 5;
const USUAL_IDLE_SECONDS = 20;
const LONGEST_IDLE_SECONDS = 180;

/** Source: InitializeConnectionMulti, SendTextMulti, FlushContext, CloseContext and CloseSocket of the vendor's AsyncAPI. */
const messageSchema = z.object({
  text: z.string().nullish(),
  context_id: z.string().default('default'),
  flush: z.boolean().default(false),
  close_context: z.boolean().default(false),
  close_socket: z.boolean().default(false),
  voice_settings: z
    .object({
      stability: z.number().min(0).max(1),
      similarity_boost: z.number().min(0).max(1),
      style: z.number().min(0).max(1),
      use_speaker_boost: z.boolean(),
      speed: z.number().min(0.7).max(1.2),
    })
    .partial()
    .optional(),
});

/** What the vendor sends; the SDK's types write in camel case what the wire has too. */
export type VoiceMessage = Omit<
  ElevenLabs.WebsocketTtsServerMessageMulti,
  'audio' | 'isFinal' | 'alignment'
> & {
  readonly audio?: string | null;
  readonly isFinal?: boolean | null;
  readonly alignment?: ElevenLabs.Alignment | null;
};

/** One websocket of one voice, which carries contexts. */
export function openVoiceSocket(exchange: SocketExchange): SocketListener {
  const { clock } = exchange.simulation;
  const { query, params } = exchange.request;
  const contexts = new Map<string, VoiceContext>();
  const sampleRateHz = Number(/^pcm_(\d+)$/.exec(query.get('output_format') ?? '')?.[1]);
  const idleSeconds = Math.min(
    LONGEST_IDLE_SECONDS,
    Number(query.get('inactivity_timeout') ?? USUAL_IDLE_SECONDS),
  );
  let cancelIdle = () => {};

  /** Every fault closes the socket with 1008. Source: issues of the vendor's users. */
  const refuse = (error: string, message: string) => {
    exchange.send({ message, error, code: 1008 });
    exchange.close(1008, message.slice(0, 120));
  };
  const watchIdle = () => {
    cancelIdle();
    cancelIdle = clock.at(clock.nowMs() + idleSeconds * 1000, () =>
      refuse(
        'input_timeout_exceeded',
        `Have not received a new text input within the timeout of ${idleSeconds}.0 seconds. Streaming input terminated.`,
      ),
    );
  };

  if (!/^[A-Za-z0-9]{20}$/.test(params.voice ?? '')) {
    refuse('voice_not_found', `A voice with id ${params.voice} was not found.`);
  } else if (!Number.isInteger(sampleRateHz) || !/^eleven_(?!v3)/.test(query.get('model_id') ?? 'eleven_')) {
    refuse('invalid_input_message', 'The model or the output format is not supported here.');
  }
  watchIdle();

  const contextOf = (id: string): VoiceContext | null => {
    const known = contexts.get(id);
    if (known !== undefined) return known;
    if (contexts.size >= MOST_CONTEXTS) {
      refuse(
        'max_active_conversations',
        `Maximum simultaneous contexts per WebSocket connection exceeded (${MOST_CONTEXTS}).`,
      );
      return null;
    }
    const context = openVoiceContext({
      id,
      exchange,
      sampleRateHz,
      isAutomatic: query.get('auto_mode') === 'true',
      onOver: () => contexts.delete(id),
    });
    contexts.set(id, context);
    return context;
  };

  return {
    text(text) {
      watchIdle();
      const parsed = messageSchema.safeParse(parse(text));
      if (!parsed.success) return refuse('invalid_input_message', z.prettifyError(parsed.error));
      const message = parsed.data;
      if (message.close_socket) {
        for (const context of contexts.values()) context.stop();
        return exchange.close(1000, '');
      }
      const isNew = !contexts.has(message.context_id);
      if (isNew && (message.close_context || message.flush)) return;
      if (!isNew && message.voice_settings !== undefined) {
        return refuse(
          'invalid_input_message',
          'voice_settings may stand in the first message of a context only.',
        );
      }
      const context = contextOf(message.context_id);
      if (context === null) return;
      if (message.text) context.add(message.text);
      if (message.flush) context.flush();
      if (message.close_context) {
        exchange.noteCancel(message.context_id);
        context.close();
      }
    },
    binary: () => refuse('invalid_input_message', 'Send text frames.'),
    closed() {
      cancelIdle();
      for (const context of contexts.values()) context.stop();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
