import { z } from 'zod';
import { ELEVENLABS, ELEVENLABS_ACCESS, elevenlabsError } from '../runtime/elevenlabs-account.ts';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import type { Tts } from './contract.ts';
import { type ContextPool, createContextPool } from './elevenlabs/context-pool.ts';
import { createElevenlabsPassage } from './elevenlabs/passage.ts';
import { createVoicePace, type VoicePace } from './estimated-marks.ts';
import { speakPassage } from './passage.ts';
import { createOpenReplies } from './reply.ts';
import { createVoiceIds } from './voice-ids.ts';

/** Rate of the sound that is asked for, in Hz. Source: speech ends at 12 kHz; the vendor sells 44.1 kHz with some plans only. */
const SAMPLE_RATE_HZ = 24_000;
/** How long the vendor keeps a socket that nobody speaks on, in seconds: as long as it offers. */
const IDLE_SECONDS = 180;

/** By the names that people use, the default first. Source: the vendor's library. */
const VOICES: ReadonlyMap<string, string> = new Map([['Rachel', '21m00Tcm4TlvDq8ikWAM']]);
const VOICE_ID = /^[A-Za-z0-9]{20}$/;
/** Models that may be told the language; others find it in the text. */
const TAKES_LANGUAGE = /_v2_5$/;

const settingsSchema = z.strictObject({
  stability: z.number().min(0).max(1).default(0.5).meta({
    description: 'How even the voice is from sentence to sentence: 0 is lively, 1 monotonous. Default 0.5.',
  }),
  similarityBoost: z.number().min(0).max(1).default(0.75).meta({
    description: 'How near it is to the original voice, 0 to 1. Default 0.75.',
  }),
  style: z.number().min(0).max(1).default(0).meta({
    description: 'How much its manner of speaking is exaggerated, 0 to 1, which takes time. Default 0.',
  }),
  speed: z.number().min(0.7).max(1.2).default(1).meta({
    description: "How fast it speaks, 0.7 to 1.2; 1 is the voice's own pace. Default 1.",
  }),
});

export const elevenlabsTts: Provider<Tts> = {
  ...ELEVENLABS_ACCESS,
  models: [
    { name: 'eleven_flash_v2_5' },
    { name: 'eleven_turbo_v2_5', note: 'Flash has the same voices, sooner.' },
    { name: 'eleven_multilingual_v2', note: 'Livelier, and slower to begin.' },
  ],
  voices: [...VOICES].map(([name, id]) => ({ name, id })),
  settings: settingsSchema,
  create: createElevenlabsTts,
};

/** A voice in a language: its sockets carry nothing else. */
interface Mouth {
  readonly pool: ContextPool;
  readonly pace: VoicePace;
}

function createElevenlabsTts(given: ProviderGiven): Tts {
  const { model, apiKey, baseUrl, clock, log } = given;
  const settings = parseSettings(ELEVENLABS, settingsSchema, given.settings);
  const replies = createOpenReplies({ provider: ELEVENLABS });
  const mouths = new Map<string, Mouth>();
  let isClosed = false;

  const voiceId = createVoiceIds({
    named: VOICES,
    pattern: VOICE_ID,
    refuse: (message) => elevenlabsError('bad_request', message),
  });

  const mouthOf = (id: string, language: string): Mouth => {
    const url = socketUrl({ baseUrl, id, model, language });
    const known = mouths.get(url);
    if (known !== undefined) return known;
    const { stability, similarityBoost: similarity_boost, style, speed } = settings;
    const mouth = {
      pool: createContextPool({
        url,
        apiKey,
        voiceSettings: { stability, similarity_boost, style, speed },
        clock,
        log,
      }),
      pace: createVoicePace(speed),
    };
    mouths.set(url, mouth);
    return mouth;
  };

  return {
    provider: ELEVENLABS,
    model,
    voices: [...VOICES.keys()],
    sampleRateHz(voice) {
      voiceId(voice);
      return SAMPLE_RATE_HZ;
    },
    async warm() {
      if (isClosed) throw elevenlabsError('unavailable', 'the voice is closed', { retryable: false });
      const [usual = ''] = VOICES.values();
      const used = [...mouths.values()];
      await Promise.all((used.length > 0 ? used : [mouthOf(usual, 'en')]).map(({ pool }) => pool.warm()));
    },
    open({ voice, language, signal }) {
      const id = voiceId(voice);
      return replies.open({
        signal,
        speak(segments, ending) {
          const { pool, pace } = mouthOf(id, language);
          return speakPassage(segments, {
            signal: ending,
            open: (events) =>
              createElevenlabsPassage({
                open: (listener) => pool.open(listener, ending),
                pace,
                model,
                sampleRateHz: SAMPLE_RATE_HZ,
                clock,
                events,
              }),
          });
        },
      });
    },
    async close() {
      isClosed = true;
      replies.close();
      for (const { pool } of mouths.values()) pool.close();
    },
  };
}

function socketUrl(speech: {
  readonly baseUrl: string;
  readonly id: string;
  readonly model: string;
  readonly language: string;
}): string {
  const query = new URLSearchParams({
    model_id: speech.model,
    output_format: `pcm_${SAMPLE_RATE_HZ}`,
    inactivity_timeout: String(IDLE_SECONDS),
    // The times of characters come with their sound, and not before or after it.
    sync_alignment: 'true',
    // Whole clauses come in: the vendor does not wait for more of them.
    auto_mode: 'true',
  });
  if (TAKES_LANGUAGE.test(speech.model)) query.set('language_code', speech.language.split('-')[0] ?? 'en');
  return `${speech.baseUrl}/v1/text-to-speech/${speech.id}/multi-stream-input?${query}`;
}
