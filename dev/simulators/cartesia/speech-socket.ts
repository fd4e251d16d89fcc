import type { WebsocketResponse } from '@cartesia/cartesia-js/resources/tts.js';
import { z } from 'zod';
import type { SocketExchange, SocketListener } from '../simulated-vendor.ts';
import { openContext, type SpeechContext } from './speech-context.ts';

/** Source: docs.cartesia.ai, concurrency limits and timeouts: a socket without a message is closed after 5 minutes. */
const IDLE_MS = 300_000;
/** Source: docs.cartesia.ai, contexts: one expires a second after its last sound. */
const CONTEXT_KEPT_MS = 1_000;

/** Source: GenerationRequest in resources/tts.d.ts of the SDK. */
const requestSchema = z.object({
  context_id: z.string().min(1),
  model_id: z.string(),
  transcript: z.string(),
  voice: z.union([z.string(), z.object({ id: z.string() })]),
  language: z.string().optional(),
  continue: z.boolean().default(false),
  flush: z.boolean().default(false),
  max_buffer_delay_ms: z.number().min(0).max(5_000).default(3_000),
  add_timestamps: z.boolean().default(false),
  output_format: z.object({
    container: z.literal('raw'),
    encoding: z.literal('pcm_s16le'),
    sample_rate: z.union([8_000, 16_000, 22_050, 24_000, 44_100, 48_000].map((rate) => z.literal(rate))),
  }),
  generation_config: z
    .object({
      speed: z.number().min(0.6).max(1.5).optional(),
      volume: z.number().min(0.5).max(2).optional(),
      emotion: z.string().optional(),
    })
    .optional(),
});
export type GenerationInput = z.output<typeof requestSchema>;
const cancelSchema = z.object({ context_id: z.string(), cancel: z.literal(true) });

/** One websocket, which carries contexts. */
export function openSpeechSocket(exchange: SocketExchange): SocketListener {
  const { clock } = exchange.simulation;
  const contexts = new Map<string, SpeechContext>();
  let cancelIdle = () => {};

  const send = (message: WebsocketResponse) => exchange.send(message);
  const refuse = (status_code: number, error_code: string, message: string, context_id?: string) =>
    send({
      type: 'error',
      done: true,
      status_code,
      error_code,
      title: error_code.replaceAll('_', ' '),
      message,
      request_id: exchange.simulation.id(12),
      ...(context_id === undefined ? {} : { context_id }),
    });
  const watchIdle = () => {
    cancelIdle();
    cancelIdle = clock.at(clock.nowMs() + IDLE_MS, () => {
      // Source: cartesia-python issue 39.
      if ([...contexts.values()].some((context) => context.isRunning)) watchIdle();
      else exchange.close(1000, 'connection idle timeout');
    });
  };
  watchIdle();

  const generate = (input: GenerationInput) => {
    const { context_id: id, model_id, transcript } = input;
    const voice = typeof input.voice === 'string' ? input.voice : input.voice.id;
    if (!model_id.startsWith('sonic')) return refuse(400, 'model_not_found', `no model ${model_id}`, id);
    if (!/^[0-9a-f-]{36}$/.test(voice)) return refuse(404, 'voice_not_found', `no voice ${voice}`, id);
    const known = contexts.get(id);
    if (known === undefined) {
      if (exchange.takeQuirk('concurrencyLimited')) {
        return refuse(429, 'concurrency_limited', 'Too many concurrent requests', id);
      }
    } else if (known.isOver || (!known.isRunning && clock.nowMs() - known.lastSoundAtMs > CONTEXT_KEPT_MS)) {
      known.stop();
      return refuse(400, 'context_expired', `The context ${id} takes no input`, id);
    }
    const isEmptyEnd = transcript === '' && !input.continue;
    if (isEmptyEnd && exchange.takeQuirk('emptyEndRefused')) {
      // Source: Pipecat, which goes on reading after it.
      refuse(400, 'invalid_transcript', 'The transcript is empty', id);
    }
    const context = known ?? openContext({ id, exchange, send });
    contexts.set(id, context);
    context.add(input);
  };

  return {
    text(text) {
      watchIdle();
      const message: unknown = parse(text);
      const cancelled = cancelSchema.safeParse(message);
      if (cancelled.success) {
        exchange.noteCancel(cancelled.data.context_id);
        contexts.get(cancelled.data.context_id)?.cancel();
        return;
      }
      const input = requestSchema.safeParse(message);
      if (input.success) return generate(input.data);
      refuse(400, 'invalid_request', z.prettifyError(input.error));
    },
    binary: () => refuse(400, 'invalid_request', 'Send text frames'),
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
