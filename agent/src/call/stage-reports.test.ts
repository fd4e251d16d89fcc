import { expect, it } from 'vitest';
import { SIMULATED_KEY } from '../config/provider-variables.ts';
import { createProviderHealth } from '../runtime/provider-health.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { deepgramStt } from '../stt/deepgram.ts';
import { stageReports } from './stage-reports.ts';

const health = () => createProviderHealth({ clock: createVirtualClock() });

it('tells what runs here, and which keys would change it', () => {
  const { vad, stt, llm, tts } = stageReports({ keys: {}, baseUrls: {} }, health());
  expect(vad.provider).toBe('silero');
  expect([stt.provider, llm.provider, tts.provider]).toEqual(['embedded', 'scripted', 'embedded']);
  expect(stt.upgrade).toContain('DEEPGRAM_API_KEY');
  expect(llm.upgrade).toContain('OPENAI_API_KEY');
});

it('tells whose key is set, whose address, and what is simulated', () => {
  const access = {
    keys: { DEEPGRAM_API_KEY: 'a key', CARTESIA_API_KEY: SIMULATED_KEY },
    baseUrls: { OLLAMA_BASE_URL: 'http://127.0.0.1:11434/v1' },
  };
  const { stt, llm, tts } = stageReports(access, health());
  expect(stt).toMatchObject({ provider: 'deepgram', reason: 'DEEPGRAM_API_KEY is set; Deepgram' });
  expect(llm).toMatchObject({ provider: 'ollama', reason: 'OLLAMA_BASE_URL is set' });
  expect(tts).toMatchObject({ provider: 'cartesia', reason: expect.stringContaining('simulated') });
});

it('tells of a vendor that refuses its key, for as long as it is left alone', () => {
  const access = { keys: { DEEPGRAM_API_KEY: 'an old key' }, baseUrls: {} };
  const kept = health();
  const address = {
    stage: 'stt',
    provider: 'deepgram',
    model: deepgramStt.models[0]?.name ?? '',
    baseUrl: deepgramStt.baseUrl?.usual ?? '',
    key: 'DEEPGRAM_API_KEY',
  } as const;
  kept.breakerOf(address).begin().failed({ code: 'auth', retryable: false, retryAfterMs: null });
  expect(stageReports(access, kept).stt.reason).toBe('DEEPGRAM_API_KEY is set; Deepgram; IT REFUSES THE KEY');
});
