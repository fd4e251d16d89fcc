import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startSimulators } from '../start-simulators.ts';
import { makeTone } from '../steady-tone.ts';
import { dialBare } from '../testing/bare-socket.ts';
import { simulatedSarvam } from './sarvam.ts';

/** The exchanges that the vendor's documents tell of, spoken over a bare socket. */
const HEARD = 'एक मेज़ चाहिए';
const EARS =
  '/speech-to-text/ws?language-code=hi-IN&model=saaras:v3&mode=transcribe&sample_rate=16000&input_audio_codec=pcm_s16le&vad_signals=true&flush_signal=true';
const VOICE = '/text-to-speech/ws?model=bulbul:v2&send_completion_event=true';
const KEY = { 'api-subscription-key': 'K' };
const CONFIG = {
  type: 'config',
  data: {
    target_language_code: 'hi-IN',
    model: 'bulbul:v2',
    speaker: 'anushka',
    pace: 1,
    speech_sample_rate: '22050',
    output_audio_codec: 'linear16',
    min_buffer_size: 50,
    max_chunk_length: 150,
  },
};

async function start(clock?: ReturnType<typeof createVirtualClock>) {
  const simulators = await startSimulators({
    vendors: [simulatedSarvam],
    delays: { sttFinalMs: 0, ttsFirstAudioMs: 0 },
    script: { heard: [HEARD] },
    ...(clock === undefined ? {} : { clock }),
  });
  onTestFinished(() => simulators.stop());
  return simulators.baseUrls.sarvam ?? '';
}

const sound = (samples: Int16Array) => ({
  audio: {
    data: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64'),
    sample_rate: 16_000,
    encoding: 'audio/wav',
  },
});

test('an utterance is told as it begins and ends, and transcribed once', async () => {
  const ears = await dialBare((await start()) + EARS, KEY);
  ears.say(sound(makeTone(0, 2_100, 16_000)));
  ears.say(sound(new Int16Array(16_000 * 1.2)));
  await ears.until(({ type }) => type === 'data');
  expect(ears.received).toEqual([
    { type: 'events', data: { signal_type: 'START_SPEECH', occured_at: expect.any(Number) } },
    { type: 'events', data: { signal_type: 'END_SPEECH', occured_at: expect.any(Number) } },
    {
      type: 'data',
      data: {
        request_id: expect.any(String),
        transcript: HEARD,
        language_code: 'hi-IN',
        language_probability: 1,
        metrics: { audio_duration: expect.closeTo(2.1, 1), processing_latency: 0 },
      },
    },
  ]);
});

test('a flush ends the utterance, and a message without sound is refused', async () => {
  const ears = await dialBare((await start()) + EARS, KEY);
  ears.say(sound(makeTone(0, 500, 16_000)));
  ears.say({ type: 'flush' });
  await ears.until(({ type }) => type === 'data');
  ears.say({ type: 'ping' });
  await ears.until(({ type }) => type === 'error');
  expect(ears.received.at(-1)).toMatchObject({
    data: { error: expect.any(String), code: expect.any(String) },
  });
});

test('a text is spoken when it is flushed, and told to be over', async () => {
  const voice = await dialBare((await start()) + VOICE, KEY);
  voice.say(CONFIG);
  voice.say({ type: 'text', data: { text: 'Namaste.' } });
  voice.say({ type: 'flush' });
  await voice.until(({ type }) => type === 'event');
  const [first, ...rest] = voice.received;
  expect(first).toMatchObject({
    type: 'audio',
    data: { content_type: 'audio/pcm', audio: expect.any(String) },
  });
  expect(rest.at(-1)).toMatchObject({ type: 'event', data: { event_type: 'final' } });
  expect(rest.slice(0, -1).every(({ type }) => type === 'audio')).toBe(true);
});

test('a speaker of another model is refused, and so is text before the config', async () => {
  const voice = await dialBare((await start()) + VOICE, KEY);
  voice.say({ type: 'text', data: { text: 'Namaste.' } });
  voice.say({ ...CONFIG, data: { ...CONFIG.data, speaker: 'shubh' } });
  await voice.until(({ data }) => /not recognized/.test(JSON.stringify(data)));
  expect(voice.received.map(({ type }) => type)).toEqual(['error', 'error']);
});

test('a line on which nothing is said is closed after a minute, unless it pings', async () => {
  const clock = createVirtualClock();
  const baseUrl = await start(clock);
  const [quiet, kept] = [await dialBare(baseUrl + VOICE, KEY), await dialBare(baseUrl + VOICE, KEY)];
  const countAfterAWhile = async () => {
    await clock.advance(1);
    return kept.received.length;
  };
  await clock.advance(40_000);
  kept.say(CONFIG);
  kept.say({ type: 'text', data: { text: 'A' } });
  kept.say({ type: 'flush' });
  await expect.poll(countAfterAWhile).toBeGreaterThan(1);
  await clock.advance(30_000);
  expect(await quiet.closed).toEqual({ code: 1000, reason: 'idle' });
  kept.say({ type: 'flush' });
  const before = kept.received.length;
  await expect.poll(countAfterAWhile).toBeGreaterThan(before);
});

test('a browser names its key as a subprotocol, which is echoed; a wrong one is refused by 403', async () => {
  const url = (await start()).replace('http', 'ws') + VOICE;
  const browser = new WebSocket(url, ['api-subscription-key.K']);
  await new Promise((resolve) => browser.once('open', resolve));
  expect(browser.protocol).toBe('api-subscription-key.K');
  browser.close();
  const wrong = new WebSocket(url, { headers: { 'api-subscription-key': 'wrong' } });
  const [status, body] = await new Promise<[number, string]>((resolve) =>
    wrong.once('unexpected-response', (_, response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    }),
  );
  expect([status, JSON.parse(body).error.code]).toEqual([403, 'invalid_api_key_error']);
});
