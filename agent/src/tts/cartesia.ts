import { z } from 'zod';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { type CartesiaConnection, connectCartesia } from './cartesia/connection.ts';
import { EMOTIONS } from './cartesia/emotions.ts';
import { CARTESIA, cartesiaError } from './cartesia/faults.ts';
import { type CartesiaVoice, createCartesiaPassage } from './cartesia/passage.ts';
import type { Tts } from './contract.ts';
import { createVoicePaces } from './estimated-marks.ts';
import { speakPassage } from './passage.ts';
import { createOpenReplies } from './reply.ts';
import { createVoiceIds } from './voice-ids.ts';

/** Rate of the sound that is asked for, in Hz. Source: speech ends at 12 kHz, and half the bytes of 48 kHz come sooner. */
const SAMPLE_RATE_HZ = 24_000;

/** By the names that people use, the default first. Source: the vendor's library; its documentation uses this one. */
const VOICES: ReadonlyMap<string, string> = new Map([
  ['Barbershop Man', 'a0e99841-438c-4a64-b679-ae501e7d6091'],
]);
const VOICE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const settingsSchema = z.strictObject({
  speed: z.number().min(0.6).max(1.5).default(1.05).meta({
    description: "How fast it speaks, 0.6 to 1.5; 1 is the voice's own pace. Default 1.05. From sonic-3 on.",
  }),
  volume: z.number().min(0.5).max(2).default(1).meta({
    description: "How loud it speaks, 0.5 to 2; 1 is the voice's own level. Default 1. From sonic-3 on.",
  }),
  emotion: z.enum(EMOTIONS).optional().meta({
    description:
      'How it feels: calm, happy and others of the vendor. Default: as the text asks for. From sonic-3 on.',
  }),
});

export const cartesiaTts: Provider<Tts> = {
  name: CARTESIA,
  title: 'Cartesia',
  key: 'CARTESIA_API_KEY',
  baseUrl: { variable: 'CARTESIA_BASE_URL', usual: 'https://api.cartesia.ai' },
  models: [
    { name: 'sonic-3' },
    {
      name: 'sonic-2',
      note: 'Speed, volume and emotion have no effect. It speaks English, German, Spanish, French, Portuguese, Japanese, Korean and Chinese.',
    },
  ],
  voices: [...VOICES].map(([name, id]) => ({ name, id })),
  settings: settingsSchema,
  create: createCartesiaTts,
};

function createCartesiaTts(given: ProviderGiven): Tts {
  const { model, clock } = given;
  const { speed, volume, emotion } = parseSettings(CARTESIA, settingsSchema, given.settings);
  const generation = { speed, volume, ...(emotion === undefined ? {} : { emotion }) };
  const replies = createOpenReplies({ provider: CARTESIA });
  const paceOf = createVoicePaces(speed);
  const line = createLine(given);

  const voiceId = createVoiceIds({
    named: VOICES,
    pattern: VOICE_ID,
    refuse: (message) => cartesiaError('bad_request', message),
  });

  return {
    provider: CARTESIA,
    model,
    voices: [...VOICES.keys()],
    sampleRateHz(voice) {
      voiceId(voice);
      return SAMPLE_RATE_HZ;
    },
    async warm() {
      await line.connection();
    },
    open({ voice, language, signal }) {
      const id = voiceId(voice);
      const request: CartesiaVoice = {
        model_id: model,
        voice: { mode: 'id', id },
        language: language.split('-')[0] ?? language,
        output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: SAMPLE_RATE_HZ },
        add_timestamps: true,
        // Whole clauses come in: the vendor's own waiting, 3 s unless it is told, would only add to theirs.
        max_buffer_delay_ms: 0,
        ...(/^sonic-(2|turbo|english|multilingual)\b/.test(model) ? {} : { generation_config: generation }),
      };
      const pace = paceOf(id);
      return replies.open({
        signal,
        speak: (segments, ending) =>
          speakPassage(segments, {
            signal: ending,
            open: (events) =>
              createCartesiaPassage({ connect: line.connection, voice: request, pace, clock, events }),
          }),
      });
    },
    async close() {
      replies.close();
      await line.close();
    },
  };
}

/** A connection that lived for this long, in ms, was closed for its silence and not for a fault. */
const LASTING_MS = 30_000;

/** The one connection of a process: opened when it is first asked for, and anew when the vendor closed it for its silence. */
function createLine({ apiKey, baseUrl, clock, log }: ProviderGiven) {
  let current: Promise<CartesiaConnection> | null = null;
  let isClosed = false;

  const open = (): Promise<CartesiaConnection> => {
    const startedAtMs = clock.nowMs();
    const opening = connectCartesia({
      apiKey,
      baseUrl,
      clock,
      onClosed() {
        forget(opening);
        if (isClosed || current !== null || clock.nowMs() - startedAtMs < LASTING_MS) return;
        open().catch((error) => log.warn({ err: error, provider: CARTESIA }, 'no new connection yet'));
      },
    });
    current = opening;
    opening.catch(() => forget(opening));
    return opening;
  };
  const forget = (connection: Promise<CartesiaConnection>) => {
    if (current === connection) current = null;
  };

  return {
    async connection(): Promise<CartesiaConnection> {
      if (isClosed) {
        throw new ProviderError('unavailable', 'the voice is closed', {
          provider: CARTESIA,
          retryable: false,
        });
      }
      return current ?? open();
    },
    async close(): Promise<void> {
      if (isClosed) return;
      isClosed = true;
      const connection = await current?.catch(() => null);
      connection?.close();
    },
  };
}
