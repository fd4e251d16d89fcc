import { once } from 'node:events';
import { createVirtualClock, type VirtualClock } from '@parley/agent/runtime/virtual-clock';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startSimulators } from '../start-simulators.ts';
import { makeTone } from '../steady-tone.ts';
import { simulatedDeepgram } from './deepgram.ts';

/** The exchanges that the vendor's documents tell of, spoken over a bare socket. Time is virtual: only bytes take any. */
const HEARD = 'book a table for two at eight';

async function start() {
  const clock = createVirtualClock();
  const simulators = await startSimulators({
    vendors: [simulatedDeepgram],
    clock,
    delays: { sttFinalMs: 0, ttsFirstAudioMs: 0 },
    script: { heard: [HEARD] },
  });
  onTestFinished(() => simulators.stop());
  const baseUrl = (simulators.baseUrls.deepgram ?? '').replace('http', 'ws');
  const dial = (path: string, key = 'K') =>
    new WebSocket(`${baseUrl}${path}`, { headers: { authorization: `Token ${key}` } });
  return { ...simulators, clock, dial };
}

/** A socket, and all that it receives: messages as objects, sound as its length. */
async function talk(dial: (path: string) => WebSocket, path: string) {
  const socket = dial(path);
  const received: (Readonly<Record<string, unknown>> | number)[] = [];
  socket.on('message', (data: Buffer, isBinary) =>
    received.push(isBinary ? data.length : (JSON.parse(String(data)) as Record<string, unknown>)),
  );
  const closed = once(socket, 'close').then(([code, reason]) => ({
    code: Number(code),
    reason: String(reason),
  }));
  await once(socket, 'open');
  const say = (message: object) => socket.send(JSON.stringify(message));
  return { socket, received, closed, say };
}

type Talk = Awaited<ReturnType<typeof talk>>;

const objects = ({ received }: Talk) =>
  received.filter((message): message is Readonly<Record<string, unknown>> => typeof message !== 'number');
const typesOf = (conversation: Talk) => objects(conversation).map(({ type }) => type);

/** All that was sent so far has been answered. */
async function answered({ received }: Talk, isThere: () => boolean, clock?: VirtualClock) {
  await expect
    .poll(
      async () => {
        await clock?.advance(50);
        return isThere() || JSON.stringify(received.slice(-3));
      },
      { timeout: 5_000, interval: 5 },
    )
    .toBe(true);
}

function sendSound(socket: WebSocket, samples: Int16Array, frameMs: number) {
  for (let at = 0; at < samples.length; at += 16 * frameMs) socket.send(samples.slice(at, at + 16 * frameMs));
}
const silence = (ms: number) => new Int16Array(16 * ms);

describe('Nova', () => {
  const LISTEN =
    '/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000&channels=1&interim_results=true&endpointing=25&utterance_end_ms=1000&vad_events=true';

  test('hears a turn in two finals, tells its end twice, finalises silence, and drains', async () => {
    const { dial } = await start();
    const line = await talk(dial, LISTEN);
    sendSound(line.socket, silence(320), 20);
    sendSound(line.socket, makeTone(0, 1_900, 16_000), 20);
    sendSound(line.socket, silence(1_400), 20);
    await answered(line, () => typesOf(line).includes('UtteranceEnd'));
    expect(line.received[0]).toEqual({ type: 'SpeechStarted', channel: [0], timestamp: 0.32 });
    const results = objects(line).filter(({ type }) => type === 'Results') as unknown as Results[];
    const interims = results.filter(({ is_final }) => !is_final);
    expect(interims.length).toBeGreaterThan(2);
    for (const { start, speech_final } of interims) expect([start, speech_final]).toEqual([0, false]);
    const finals = results.filter(({ is_final }) => is_final);
    expect(finals.map(({ speech_final, from_finalize }) => [speech_final, from_finalize])).toEqual([
      [false, false],
      [true, false],
    ]);
    expect(finals.map(({ channel }) => channel.alternatives[0]?.transcript)).toEqual([
      'book a table',
      'for two at eight',
    ]);
    // The next span begins where the one before it ended.
    expect(finals[1]?.start).toBeCloseTo((finals[0]?.start ?? 0) + (finals[0]?.duration ?? 0), 3);
    expect(results[0]).toMatchObject({
      channel_index: [0, 1],
      metadata: { model_info: { name: 'general-nova-3', arch: 'nova-3' } },
    });
    expect(line.received.at(-1)).toEqual({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: 2.22 });

    const before = line.received.length;
    line.say({ type: 'KeepAlive' });
    line.say({ type: 'Finalize' });
    await answered(line, () => line.received.length > before);
    expect(line.received.slice(before)).toMatchObject([
      { type: 'Results', is_final: true, speech_final: false, from_finalize: true },
    ]);
    // Nothing is buffered any more: this one is not answered.
    line.say({ type: 'Finalize' });
    line.say({ type: 'CloseStream' });
    expect(await line.closed).toEqual({ code: 1000, reason: '' });
    expect(line.received.slice(before + 1)).toMatchObject([
      { type: 'Metadata', transaction_key: 'deprecated', channels: 1, duration: 3.62 },
    ]);
  });

  test('closes after 10 s of nothing, but not while it is told that somebody is there', async () => {
    const { dial, clock, log } = await start();
    const line = await talk(dial, LISTEN);
    await clock.advance(9_000);
    line.say({ type: 'KeepAlive' });
    await log.find({ kind: 'message' });
    await clock.advance(9_900);
    expect(line.socket.readyState).toBe(WebSocket.OPEN);
    await clock.advance(200);
    expect(await line.closed).toEqual({
      code: 1011,
      reason: expect.stringMatching(
        /^Deepgram did not receive audio data .* See https:\/\/dpgr.am\/net0001$/,
      ),
    });
  });

  test('takes an empty frame for the end', async () => {
    const { dial } = await start();
    const line = await talk(dial, LISTEN);
    line.socket.send(new Uint8Array(0));
    expect((await line.closed).code).toBe(1000);
    expect(typesOf(line)).toEqual(['Metadata']);
  });

  test('refuses a wrong key in its words, and names the request', async () => {
    const { dial } = await start();
    const [, response] = await once(dial(LISTEN, 'wrong'), 'unexpected-response');
    expect(response.statusCode).toBe(401);
    expect(response.headers).toMatchObject({
      'dg-error': 'Invalid credentials.',
      'dg-request-id': expect.any(String),
    });
    expect(JSON.parse(String(await once(response, 'data')))).toMatchObject({
      err_code: 'INVALID_AUTH',
      err_msg: 'Invalid credentials.',
      request_id: expect.any(String),
    });
  });

  test('names the request in the handshake as in its messages', async () => {
    const { dial } = await start();
    const socket = dial(LISTEN);
    const [[upgrade]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')]);
    socket.send(JSON.stringify({ type: 'CloseStream' }));
    const [data] = await once(socket, 'message');
    expect(upgrade.headers['dg-request-id']).toBe(JSON.parse(String(data)).request_id);
  });
});

describe('Flux', () => {
  const FLUX =
    '/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000&eager_eot_threshold=0.4&eot_threshold=0.7';

  test('begins a turn, takes back an end that it guessed, and ends with the text of its last guess', async () => {
    const { dial } = await start();
    const line = await talk(dial, FLUX);
    sendSound(line.socket, silence(320), 80);
    sendSound(line.socket, makeTone(0, 1_920, 16_000), 80);
    sendSound(line.socket, silence(1_040), 80);
    await answered(line, () => eventsOf(line).at(-1)?.turn_index === 1);
    expect(line.received[0]).toEqual({ type: 'Connected', request_id: expect.any(String), sequence_id: 0 });
    expect(objects(line).map(({ sequence_id }) => sequence_id)).toEqual(
      line.received.map((_, index) => index),
    );
    const events = eventsOf(line);
    expect(events[0]).toMatchObject({ event: 'Update', turn_index: 0, transcript: '', words: [] });
    const told = events.filter(({ event }) => event !== 'Update').map(({ event }) => event);
    expect(told[0]).toBe('StartOfTurn');
    expect(told.slice(-2)).toEqual(['EagerEndOfTurn', 'EndOfTurn']);
    expect(told).toContain('TurnResumed');
    for (const [index, event] of told.entries()) {
      if (event === 'TurnResumed') expect(told[index - 1]).toBe('EagerEndOfTurn');
    }
    const [guess, end] = events.filter(({ event }) => event !== 'Update').slice(-2);
    expect(end).toMatchObject({ transcript: HEARD, trigger: 'model', turn_index: 0 });
    expect(guess?.transcript).toBe(HEARD);
    expect(events.at(-1)).toMatchObject({ event: 'Update', turn_index: 1, transcript: '' });
  });

  test('takes a Configure, and closes without a code', async () => {
    const { dial } = await start();
    const line = await talk(dial, FLUX);
    line.say({ type: 'Configure', thresholds: { eot_threshold: 0.8 } });
    line.say({ type: 'CloseStream' });
    expect((await line.closed).code).toBe(1005);
    expect(line.received[1]).toMatchObject({
      type: 'ConfigureSuccess',
      sequence_id: 1,
      thresholds: { eot_threshold: 0.8 },
      keyterms: [],
    });
    expect(typesOf(line)).not.toContain('Metadata');
  });

  test.each(['KeepAlive', 'Finalize', 'ForceEndTurn'])('knows no %s', async (type) => {
    const { dial } = await start();
    const line = await talk(dial, FLUX);
    line.say({ type });
    expect((await line.closed).code).toBe(1008);
    expect(line.received[1]).toMatchObject({ type: 'Error', code: 'UNPARSABLE_CLIENT_MESSAGE' });
  });
});

describe('Aura', () => {
  const SPEAK = '/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=24000';

  test('speaks what is flushed, and sends late sound before it confirms a Clear', async () => {
    const { dial, clock, log } = await start();
    const line = await talk(dial, SPEAK);
    line.say({ type: 'Speak', text: 'Your table is booked. ' });
    line.say({ type: 'Flush' });
    await answered(line, () => typesOf(line).includes('Flushed'), clock);
    expect(line.received[0]).toEqual({
      type: 'Metadata',
      request_id: expect.any(String),
      model_name: 'aura-2-thalia-en',
      model_version: expect.any(String),
      model_uuid: expect.any(String),
    });
    expect(line.received.at(-1)).toEqual({ type: 'Flushed', sequence_id: 0 });
    const bytes = line.received.slice(1, -1).reduce((sum: number, length) => sum + Number(length), 0);
    // Six syllables of 60 ms.
    expect(bytes).toBe(6 * 60 * 48);

    const before = line.received.length;
    line.say({ type: 'Speak', text: 'Anything else I can do? '.repeat(50) });
    line.say({ type: 'Flush' });
    await answered(line, () => line.received.length > before, clock);
    const whenCleared = line.received.length;
    line.say({ type: 'Clear' });
    await log.find({ kind: 'cancel' });
    await answered(line, () => typesOf(line).includes('Cleared'), clock);
    const after = line.received.slice(whenCleared);
    expect(after.filter((message) => typeof message === 'number').length).toBeGreaterThan(0);
    expect(after.at(-1)).toEqual({ type: 'Cleared', sequence_id: 1 });
    expect(typesOf(line).filter((type) => type === 'Flushed')).toHaveLength(1);
    line.say({ type: 'Close' });
    expect((await line.closed).code).toBe(1000);
  });

  test('ignores the 21st Flush of a minute, with a warning, and takes one again after it', async () => {
    const { dial, clock } = await start();
    const line = await talk(dial, SPEAK);
    for (let times = 0; times < 21; times++) {
      line.say({ type: 'Speak', text: 'Yes.' });
      line.say({ type: 'Flush' });
    }
    await answered(line, () => typesOf(line).filter((type) => type === 'Flushed').length === 20, clock);
    expect(objects(line).filter(({ type }) => type === 'Warning')).toEqual([
      { type: 'Warning', code: expect.any(String), description: expect.any(String) },
    ]);
    await clock.advance(60_000);
    line.say({ type: 'Flush' });
    await answered(line, () => typesOf(line).filter((type) => type === 'Flushed').length === 21, clock);
  });
});

interface Results {
  readonly start: number;
  readonly duration: number;
  readonly is_final: boolean;
  readonly speech_final: boolean;
  readonly from_finalize: boolean;
  readonly channel: { readonly alternatives: readonly { readonly transcript: string }[] };
}

interface TurnInfo {
  readonly event: string;
  readonly turn_index: number;
  readonly transcript: string;
}

const eventsOf = (line: Talk) =>
  objects(line).filter(({ type }) => type === 'TurnInfo') as unknown as readonly TurnInfo[];
