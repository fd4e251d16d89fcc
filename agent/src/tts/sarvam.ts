import { z } from 'zod';
import type { Provider } from '../runtime/provider.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import { SARVAM, sarvamFault, sarvamLanguage } from '../runtime/sarvam-connection.ts';
import { askedAhead } from './asked-ahead.ts';
import type { Tts, TtsEvent } from './contract.ts';
import { createVoicePaces, type VoicePace } from './estimated-marks.ts';
import { markedSound } from './marked-sound.ts';
import { pcmSamples } from './pcm-samples.ts';
import { createOpenReplies, type TtsSegment } from './reply.ts';
import { createSarvamLines } from './sarvam-lines.ts';
import { textParts } from './text-parts.ts';
import { syllablesIn } from './word-marks.ts';

/** Longest text of a message, in characters. Source: the vendor's page of its streaming voice. */
const LONGEST_TEXT = 2_500;

/** Source: sarvamai 1.1.10 api/types/ConfigureConnection. */
const LANGUAGES = 'bn en gu hi kn ml mr od pa ta te'.split(' ').map((language) => `${language}-IN`);

/** What a model's voice can do. Source: sarvamai 1.1.10 api/types/ConfigureConnection. */
interface VoiceModel {
  /** As the wire has it. */
  readonly name: string;
  readonly voices: readonly string[];
  readonly sampleRateHz: number;
  readonly pace: { readonly lowest: number; readonly highest: number };
  /** Settings that it takes beside `pace`. */
  readonly takes: readonly ('pitch' | 'loudness' | 'temperature')[];
}

const V2: VoiceModel = {
  name: 'bulbul:v2',
  voices: ['anushka', 'manisha', 'vidya', 'arya', 'abhilash', 'karun', 'hitesh'],
  sampleRateHz: 22_050,
  pace: { lowest: 0.3, highest: 3 },
  takes: ['pitch', 'loudness'],
};
const V3: VoiceModel = {
  name: 'bulbul:v3',
  voices: (
    'shubh aditya ritu priya neha rahul pooja rohan simran kavya amit dev ishita shreya ratan varun manan sumit roopa ' +
    'kabir aayan ashutosh advait anand tanya tarun sunny mani gokul vijay shruti suhani mohit kavitha rehan soham rupali'
  ).split(' '),
  sampleRateHz: 24_000,
  pace: { lowest: 0.5, highest: 2 },
  takes: ['temperature'],
};

const settingsSchema = z.strictObject({
  pace: z.number().min(0.3).max(3).default(1).meta({
    description: 'How fast it speaks, 0.3 to 3, and 0.5 to 2 from bulbul:v3 on. Default 1.',
  }),
  pitch: z.number().min(-0.75).max(0.75).optional().meta({
    description: 'How high it speaks, -0.75 to 0.75; bulbul:v2 alone. Default: as the vendor has it, 0.',
  }),
  loudness: z.number().min(0.3).max(3).optional().meta({
    description: 'How loud it speaks, 0.3 to 3; bulbul:v2 alone. Default: as the vendor has it, 1.',
  }),
  temperature: z.number().min(0.01).max(1).optional().meta({
    description: 'How lively it speaks, 0.01 to 1; from bulbul:v3 on. Default: as the vendor has it, 0.6.',
  }),
});

/** Sarvam's Indian voices, over its streaming websocket. */
export const sarvamTts: Provider<Tts> = {
  name: SARVAM.name,
  title: SARVAM.title,
  key: SARVAM.key,
  baseUrl: SARVAM.baseUrl,
  models: [
    { name: 'bulbul:v2', note: 'Sarvam is withdrawing it: bulbul:v3, with voices of its own, follows.' },
    { name: 'bulbul:v3' },
    { name: 'bulbul:v3-beta', withdrawnFor: 'bulbul:v3', note: 'It is spoken by bulbul:v3.' },
  ],
  voices: [...V2.voices, ...V3.voices].map((name) => ({ name })),
  settings: settingsSchema,
  create({ model, settings: unchecked, apiKey, baseUrl, clock, log }) {
    const settings = parseSettings(SARVAM.name, settingsSchema, unchecked);
    const kind = kindOf(model);
    checkSettings(kind, settings);
    const query = new URLSearchParams({ model: kind.name, send_completion_event: 'true' });
    const lines = createSarvamLines({ url: `${baseUrl}/text-to-speech/ws?${query}`, apiKey, clock, log });
    const replies = createOpenReplies({ provider: SARVAM.name });
    const paceOf = createVoicePaces(settings.pace);

    const checkVoice = (voice: string) => {
      if (!kind.voices.includes(voice)) {
        throw badRequest(`${kind.name} has no voice "${voice}"; it has: ${kind.voices.join(', ')}`);
      }
    };
    return {
      provider: SARVAM.name,
      model: kind.name,
      voices: kind.voices,
      sampleRateHz(voice) {
        checkVoice(voice);
        return kind.sampleRateHz;
      },
      warm: () => lines.warm(),
      open({ voice, language: tag, signal }) {
        checkVoice(voice);
        const language = sarvamLanguage(tag, LANGUAGES);
        if (language === null) throw badRequest(`it speaks ${LANGUAGES.join(', ')}, not "${tag}"`);
        const config = configMessage(kind, settings, { voice, language });
        return replies.open({
          signal,
          async *speak(segments, ending) {
            const ask = ({ text }: TtsSegment) => {
              if (syllablesIn(text) === 0) return null;
              const messages = textParts(text, LONGEST_TEXT).map((part) => textMessage(part.text));
              const sound = lines.say({ config, messages }, ending);
              sound.catch(() => {});
              return sound;
            };
            for await (const { segment, asked } of askedAhead(segments, ask)) {
              yield* give(segment, asked, { kind, pace: paceOf(voice) });
            }
          },
        });
      },
      async close() {
        replies.close();
        lines.close();
      },
    };
  },
};

async function* give(
  { segmentId, text }: TtsSegment,
  asked: Promise<AsyncIterable<Uint8Array>> | null,
  { kind, pace }: { readonly kind: VoiceModel; readonly pace: VoicePace },
): AsyncGenerator<TtsEvent> {
  let durationMs = 0;
  if (asked !== null) {
    yield { type: 'usage', segmentId, provider: SARVAM.name, model: kind.name, characters: text.length };
    durationMs = yield* markedSound({
      segmentId,
      piece: { text, charStart: 0, startMs: 0 },
      sampleRateHz: kind.sampleRateHz,
      pace,
      sound: pcmSamples(await asked),
    });
    if (durationMs === 0) throw sarvamFault('protocol', 'the speech has no sound', true);
  }
  yield { type: 'segmentEnd', segmentId, durationMs };
}

/** Models that we do not know are taken for those of the newest kind that we do. */
function kindOf(model: string): VoiceModel {
  if (model === V2.name) return V2;
  return model === 'bulbul:v3-beta' ? V3 : { ...V3, name: model };
}

type Settings = z.output<typeof settingsSchema>;

function checkSettings(kind: VoiceModel, settings: Settings): void {
  const { lowest, highest } = kind.pace;
  if (settings.pace < lowest || settings.pace > highest) {
    throw badRequest(`settings.pace: ${kind.name} takes ${lowest} to ${highest}`);
  }
  for (const name of ['pitch', 'loudness', 'temperature'] as const) {
    if (settings[name] !== undefined && !kind.takes.includes(name)) {
      throw badRequest(`settings.${name}: ${kind.name} takes none`);
    }
  }
}

/** Both names of the language: documentation and SDK differ. Source: sarvamai 1.1.10 api/types/ConfigureConnection. */
function configMessage(
  kind: VoiceModel,
  settings: Settings,
  { voice, language }: { readonly voice: string; readonly language: string },
): string {
  const data = {
    target_language_code: language,
    language_code: language,
    model: kind.name,
    speaker: voice,
    pace: settings.pace,
    pitch: settings.pitch,
    loudness: settings.loudness,
    temperature: settings.temperature,
    speech_sample_rate: String(kind.sampleRateHz),
    output_audio_codec: 'linear16',
    // Less text is waited for: a segment is flushed as a whole.
    min_buffer_size: 50,
    max_chunk_length: 150,
  };
  return JSON.stringify({ type: 'config', data });
}

function textMessage(text: string): string {
  return JSON.stringify({ type: 'text', data: { text } });
}

function badRequest(message: string) {
  return sarvamFault('bad_request', message, false);
}
