import { PROVIDERS } from '@parley/agent/call/choose-providers';
import { describeSttContract, type KnownSpeech } from '@parley/agent/stt/stt.contract';
import { fliteVoice } from '../recognition/synthetic-voice.ts';
import { describeLive } from './live-providers.ts';

const RATE_HZ = 16_000;
const SENTENCES = [
  'Could I book a table for two people tomorrow evening?',
  'What are your opening hours on the weekend?',
] as const;

const voice = fliteVoice('slt');

/** The sentence with half a second of silence before it, and as much after it. */
async function speech(text: string): Promise<KnownSpeech> {
  const said = await voice.say(text);
  const samples = new Int16Array(said.length + RATE_HZ);
  samples.set(said, RATE_HZ / 2);
  return { samples, text };
}

const spoken = Promise.all([speech(SENTENCES[0]), speech(SENTENCES[1])]);

describeLive('stt', {
  providers: PROVIDERS.stt,
  furtherModels: { deepgram: ['flux-general-en'], openai: ['gpt-4o-transcribe', 'gpt-realtime-whisper'] },
  suite: ({ name, create }) =>
    describeSttContract(name, {
      create: async () => create(),
      speech: () => spoken,
      otherLanguage: name === 'deepgram/flux-general-en' ? 'de' : null,
      isLive: true,
    }),
});
