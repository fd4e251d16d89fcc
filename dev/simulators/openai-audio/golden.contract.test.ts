import { expect, onTestFinished, test } from 'vitest';
import { simulatedOpenai } from '../openai/openai.ts';
import { startSimulators } from '../start-simulators.ts';
import { makeTone } from '../steady-tone.ts';
import { dialBare } from '../testing/bare-socket.ts';

/** The exchange that the vendor's guide to realtime transcription tells of, spoken over a bare socket. */
const HEARD = 'book a table';
const RATE_HZ = 24_000;

async function dial(path: string) {
  const simulators = await startSimulators({
    vendors: [simulatedOpenai],
    delays: { sttFinalMs: 0 },
    script: { heard: [HEARD] },
  });
  onTestFinished(() => simulators.stop());
  return dialBare(`${simulators.baseUrls.openai}${path}`, { authorization: 'Bearer K' });
}

const update = (turns: object | null, model = 'gpt-4o-mini-transcribe') => ({
  type: 'session.update',
  session: {
    type: 'transcription',
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: RATE_HZ },
        transcription: { model, language: 'en' },
        turn_detection: turns,
      },
    },
  },
});
const appended = (samples: Int16Array) => ({
  type: 'input_audio_buffer.append',
  audio: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64'),
});
const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

test('a turn that the session finds by itself is told, committed and transcribed', async () => {
  const session = await dial('/realtime?intent=transcription');
  session.say(update({ type: 'server_vad', silence_duration_ms: 500 }));
  session.say(appended(new Int16Array(0.32 * RATE_HZ)));
  session.say(appended(makeTone(0, 1_980, RATE_HZ)));
  session.say(appended(new Int16Array(RATE_HZ)));
  await session.until(({ type }) => type === `${TRANSCRIPTION}.completed`);
  const [created, updated, started, stopped, committed, ...texts] = session.received;
  expect(created).toMatchObject({ type: 'session.created', session: { type: 'transcription' } });
  expect(updated).toMatchObject({ type: 'session.updated' });
  expect(started).toMatchObject({ type: 'input_audio_buffer.speech_started', audio_start_ms: 320 });
  expect(stopped).toMatchObject({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 2_300 });
  expect(committed).toMatchObject({ type: 'input_audio_buffer.committed', previous_item_id: null });
  const item = { item_id: committed?.item_id, content_index: 0 };
  for (const message of [started, stopped]) expect(message?.item_id).toBe(item.item_id);
  const deltas = texts.slice(0, -1);
  for (const delta of deltas) expect(delta).toMatchObject({ type: `${TRANSCRIPTION}.delta`, ...item });
  expect(deltas.map(({ delta }) => delta).join('')).toBe(HEARD);
  expect(texts.at(-1)).toMatchObject({ type: `${TRANSCRIPTION}.completed`, transcript: HEARD, ...item });
  for (const { event_id } of session.received) expect(event_id).toMatch(/^event_/);
});

test('items that the client commits name the one before, and too short a sound is no item', async () => {
  const session = await dial('/realtime?intent=transcription');
  session.say(update(null, 'whisper-1'));
  for (let turn = 0; turn < 2; turn++) {
    session.say(appended(makeTone(0, 500, RATE_HZ)));
    session.say({ type: 'input_audio_buffer.commit' });
  }
  session.say({ type: 'input_audio_buffer.commit' });
  await session.until(({ type }) => type === 'error');
  await session.until(({ previous_item_id }) => typeof previous_item_id === 'string');
  const [first, second] = session.received.filter(({ type }) => type === 'input_audio_buffer.committed');
  expect(first?.previous_item_id).toBeNull();
  expect(second?.previous_item_id).toBe(first?.item_id);
  expect(session.received.find(({ type }) => type === 'error')).toMatchObject({
    error: { type: 'invalid_request_error', code: 'input_audio_buffer_commit_empty' },
  });
});

test('a model in the address makes a conversation, in which nothing is transcribed', async () => {
  const session = await dial('/realtime?intent=transcription&model=gpt-4o-transcribe');
  session.say(update(null));
  await session.until(({ type }) => type === 'error');
  expect(session.received).toMatchObject([
    { type: 'session.created', session: { type: 'realtime' } },
    { type: 'error', error: { message: expect.stringMatching(/not allowed/) } },
  ]);
});

test('a model that there is not ends the session with 4000', async () => {
  const session = await dial('/realtime?intent=transcription');
  session.say(update(null, 'whisper-9'));
  expect(await session.closed).toEqual({ code: 4000, reason: 'invalid_request_error.invalid_model' });
});
