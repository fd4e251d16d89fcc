import { DEEPGRAM, DEEPGRAM_ACCESS, type DeepgramAccount, failed } from '../runtime/deepgram-connection.ts';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import type { Tts } from './contract.ts';
import { deepgramTtsSettings } from './deepgram/settings.ts';
import { speakReply } from './deepgram/speak-reply.ts';
import { openSpeakSocket } from './deepgram/speak-socket.ts';
import { createSpeakSockets, type SpeakSockets } from './deepgram/speak-sockets.ts';
import { createVoicePace, type VoicePace } from './estimated-marks.ts';
import { createOpenReplies } from './reply.ts';

/** Voices of Aura-2 by the names that people use; the vendor has more, by the names of their models. */
const VOICE_NAMES = [
  'thalia',
  'andromeda',
  'helena',
  'apollo',
  'arcas',
  'aries',
  'asteria',
  'athena',
  'hera',
  'hermes',
  'juno',
  'jupiter',
  'luna',
  'mars',
  'orion',
  'orpheus',
  'zeus',
] as const;
const modelOfName = (name: string) => `aura-2-${name}-en`;

/** A voice of this vendor is a model of its own, named for its language: `aura-2-thalia-en`. */
const VOICE_MODEL = /^aura-(?:2-)?[a-z]+-(?<language>[a-z]{2})$/;

/** Aura, over a websocket. */
export const deepgramTts: Provider<Tts> = {
  ...DEEPGRAM_ACCESS,
  models: VOICE_NAMES.map((name) => ({ name: modelOfName(name) })),
  voices: VOICE_NAMES.map((name) => ({ name, id: modelOfName(name) })),
  settings: deepgramTtsSettings,
  create: (given) => createDeepgramTts(given),
};

function createDeepgramTts(given: ProviderGiven): Tts {
  const { model, clock, log } = given;
  const settings = parseSettings(DEEPGRAM, deepgramTtsSettings, given.settings);
  const account: DeepgramAccount = given;
  const voices: readonly string[] = [model, ...VOICE_NAMES];
  const replies = createOpenReplies({ provider: DEEPGRAM });
  const byModel = new Map<string, { readonly sockets: SpeakSockets; readonly pace: VoicePace }>();

  const modelOf = (voice: string): string => {
    if (VOICE_NAMES.some((name) => name === voice)) return modelOfName(voice);
    if (VOICE_MODEL.test(voice)) return voice;
    throw failed('bad_request', `there is no voice "${voice}"; there are: ${voices.join(', ')}`);
  };

  modelOf(model);

  const voiceOf = (voiceModel: string) => {
    const known = byModel.get(voiceModel);
    if (known !== undefined) return known;
    const sockets = createSpeakSockets({
      clock,
      open: (hooks) =>
        openSpeakSocket({
          ...hooks,
          account,
          clock,
          log,
          open: (client) =>
            client.speak.v1.connect({
              model: voiceModel,
              encoding: 'linear16',
              sample_rate: String(settings.sampleRateHz),
              ...(settings.speed === 1 ? {} : { speed: settings.speed }),
              ...(settings.mipOptOut ? { mip_opt_out: 'true' } : {}),
              reconnectAttempts: 0,
            }),
        }),
    });
    const made = { sockets, pace: createVoicePace(settings.speed) };
    byModel.set(voiceModel, made);
    return made;
  };

  return {
    provider: DEEPGRAM,
    model,
    voices,
    sampleRateHz(voice) {
      modelOf(voice);
      return settings.sampleRateHz;
    },
    warm: () => voiceOf(modelOf(model)).sockets.warm(),
    open({ voice, language, signal }) {
      const voiceModel = modelOf(voice);
      const speaks = VOICE_MODEL.exec(voiceModel)?.groups?.language;
      if (!language.toLowerCase().startsWith(speaks ?? '')) {
        throw failed(
          'bad_request',
          `${voiceModel} speaks "${speaks}", not "${language}"; take a voice of that language`,
        );
      }
      const { sockets, pace } = voiceOf(voiceModel);
      return replies.open({
        signal,
        speak: (segments, ending) =>
          speakReply(segments, {
            takeSocket: sockets.take,
            model: voiceModel,
            sampleRateHz: settings.sampleRateHz,
            pace,
            signal: ending,
          }),
      });
    },
    async close() {
      replies.close();
      for (const { sockets } of byModel.values()) sockets.close();
      byModel.clear();
    },
  };
}
