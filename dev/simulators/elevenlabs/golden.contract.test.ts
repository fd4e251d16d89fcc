import { AudioFormat, CommitStrategy, ElevenLabsClient, RealtimeEvents } from '@elevenlabs/elevenlabs-js';
import { type Clock, createMonotonicClock } from '@parley/agent/runtime/clock';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulators } from '../start-simulators.ts';
import { makeTone } from '../steady-tone.ts';
import { dialBare, type Json } from '../testing/bare-socket.ts';
import { simulatedElevenlabs } from './elevenlabs.ts';

/** The exchanges that the vendor's documents tell of, spoken over a bare socket. */
async function start(clock: Clock = createMonotonicClock()) {
  const simulators = await startSimulators({
    vendors: [simulatedElevenlabs],
    clock,
    delays: { ttsFirstAudioMs: 0, sttFinalMs: 0 },
    script: { heard: ['Book a table.'] },
  });
  onTestFinished(() => simulators.stop());
  const baseUrl = simulators.baseUrls.elevenlabs ?? '';
  return {
    ...simulators,
    baseUrl,
    dial: (path: string) => dialBare(`${baseUrl}${path}`, { 'xi-api-key': 'K' }),
  };
}

const VOICE =
  '/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/multi-stream-input?model_id=eleven_flash_v2_5&output_format=pcm_24000&sync_alignment=true&auto_mode=true';
const SCRIBE =
  '/v1/speech-to-text/realtime?model_id=scribe_v2_realtime&audio_format=pcm_16000&commit_strategy=manual&include_timestamps=true';

describe('the voice', () => {
  test('one context: sound with the times of its characters, and its end once it is closed', async () => {
    const { dial } = await start();
    const socket = await dial(VOICE);
    socket.say({ text: ' ', context_id: 'c1', voice_settings: { stability: 0.5, similarity_boost: 0.8 } });
    socket.say({ text: 'Your table is booked. ', context_id: 'c1' });
    socket.say({ context_id: 'c1', flush: true });
    socket.say({ context_id: 'c1', close_context: true });
    await socket.until(({ isFinal }) => isFinal === true);
    const sounds = socket.received.slice(0, -1) as unknown as Sound[];
    expect(socket.received.at(-1)).toEqual({ isFinal: true, contextId: 'c1' });
    expect(sounds.flatMap(({ alignment }) => alignment?.chars ?? []).join('')).toBe('Your table is booked. ');
    for (const { alignment, contextId, isFinal, audio } of sounds) {
      expect([contextId, isFinal]).toEqual(['c1', null]);
      const soundMs = Buffer.from(audio, 'base64').length / 48;
      const { chars = [], charStartTimesMs = [], charDurationsMs = [] } = alignment ?? {};
      expect([charStartTimesMs.length, charDurationsMs.length]).toEqual([chars.length, chars.length]);
      // Times are of the message, not of the context.
      expect(Math.max(0, ...charStartTimesMs)).toBeLessThanOrEqual(soundMs);
    }
  });

  test('a sixth context closes the socket with all of them', async () => {
    const { dial } = await start();
    const socket = await dial(VOICE);
    for (let index = 1; index <= 6; index++) socket.say({ text: ' ', context_id: `c${index}` });
    expect((await socket.closed).code).toBe(1008);
    expect(socket.received).toMatchObject([{ error: 'max_active_conversations', code: 1008 }]);
  });

  test('a voice setting after the first message of a context closes the socket', async () => {
    const { dial } = await start();
    const socket = await dial(VOICE);
    socket.say({ text: ' ', context_id: 'c1' });
    socket.say({ text: 'Hello. ', context_id: 'c1', voice_settings: { stability: 0.5 } });
    expect((await socket.closed).code).toBe(1008);
    expect(socket.received.at(-1)).toMatchObject({ error: 'invalid_input_message' });
  });

  test('20 s of nothing close the socket, or as long as was asked for', async () => {
    for (const [query, idleMs] of [
      ['', 20_000],
      ['&inactivity_timeout=180', 180_000],
    ] as const) {
      const clock = createVirtualClock();
      const { dial } = await start(clock);
      const socket = await dial(`${VOICE}${query}`);
      await clock.advance(idleMs - 1);
      expect(socket.received).toEqual([]);
      await clock.advance(1);
      expect((await socket.closed).code).toBe(1008);
      expect(socket.received).toMatchObject([{ error: 'input_timeout_exceeded', code: 1008 }]);
    }
  });

  test('text waits for a sentence in auto_mode, and for 120 characters without it', async () => {
    const clock = createVirtualClock();
    const { dial, log } = await start(clock);
    const isSound = ({ audio }: Json) => Boolean(audio);
    const automatic = await dial(VOICE);
    automatic.say({ text: 'Half a ', context_id: 'c1' });
    await log.find({ kind: 'message' });
    expect(automatic.received).toEqual([]);
    automatic.say({ text: 'sentence. ', context_id: 'c1' });
    await expect.poll(() => clock.advance(50).then(() => automatic.received.some(isSound))).toBe(true);
    const scheduled = await dial(VOICE.replace('&auto_mode=true', ''));
    log.clear();
    scheduled.say({ text: 'A whole sentence. ', context_id: 'c1' });
    await log.find({ kind: 'message' });
    expect(scheduled.received).toEqual([]);
    scheduled.say({ text: 'and a half '.repeat(10), context_id: 'c1' });
    await expect.poll(() => clock.advance(50).then(() => scheduled.received.some(isSound))).toBe(true);
  });
});

describe('the recogniser', () => {
  test('a manual commit: partial texts, then the committed text, plain and with its times', async () => {
    const { dial } = await start();
    const socket = await dial(SCRIBE);
    for (const samples of [new Int16Array(6_400), makeTone(0, 1_000, 16_000)]) socket.say(chunk(samples));
    await socket.until(({ text }) => text === 'Book a');
    socket.say(chunk(new Int16Array(0), true));
    await socket.until(({ message_type }) => message_type === 'committed_transcript_with_timestamps');
    const [started, ...rest] = socket.received;
    expect(started).toMatchObject({ message_type: 'session_started', config: { commit_strategy: 'manual' } });
    const kinds = rest.map(({ message_type, text }) => [message_type, text]);
    expect(kinds).toEqual([
      ['partial_transcript', 'Book'],
      ['partial_transcript', 'Book a'],
      ['committed_transcript', 'Book a table.'],
      ['committed_transcript_with_timestamps', 'Book a table.'],
    ]);
    expect(rest.at(-1)?.words).toMatchObject([
      { text: 'Book', start: 0.4, type: 'word' },
      { text: ' ', type: 'spacing' },
      { text: 'a', type: 'word' },
      { text: ' ', type: 'spacing' },
      { text: 'table.', end: 1.4, type: 'word' },
    ]);
  });

  test('a commit of less than 0.3 s is throttled, and the session goes on', async () => {
    const { dial } = await start();
    const socket = await dial(SCRIBE);
    socket.say(chunk(new Int16Array(1_600)));
    socket.say({ message_type: 'commit' });
    await socket.until(({ message_type }) => message_type === 'commit_throttled');
    socket.say(chunk(makeTone(0, 500, 16_000), true));
    await socket.until(({ text }) => text === 'Book a table.');
  });

  test("the vendor's own SDK cannot tell it from the vendor", async () => {
    const { baseUrl } = await start();
    const client = new ElevenLabsClient({ apiKey: 'K', baseUrl });
    const connection = await client.speechToText.realtime.connect({
      modelId: 'scribe_v2_realtime',
      audioFormat: AudioFormat.PCM_16000,
      sampleRate: 16_000,
      commitStrategy: CommitStrategy.MANUAL,
      includeTimestamps: true,
    });
    onTestFinished(() => connection.close());
    const heard: unknown[] = [];
    connection.on(RealtimeEvents.ERROR, (error) => heard.push(error));
    await new Promise((resolve) => connection.on(RealtimeEvents.SESSION_STARTED, resolve));
    connection.on(RealtimeEvents.COMMITTED_TRANSCRIPT_WITH_TIMESTAMPS, (message) => heard.push(message));
    const tone = makeTone(0, 800, 16_000);
    connection.send({ audioBase64: Buffer.from(tone.buffer).toString('base64') });
    connection.commit();
    await expect.poll(() => heard.length).toBe(1);
    expect(heard).toMatchObject([{ text: 'Book a table.' }]);
  });
});

interface Sound {
  readonly audio: string;
  readonly contextId: string;
  readonly isFinal: boolean | null;
  readonly alignment: Readonly<
    Record<'charStartTimesMs' | 'charDurationsMs', readonly number[]> & { chars: readonly string[] }
  > | null;
}

function chunk(samples: Int16Array, commit = false): Json {
  return {
    message_type: 'input_audio_chunk',
    audio_base_64: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64'),
    commit,
    sample_rate: 16_000,
  };
}
