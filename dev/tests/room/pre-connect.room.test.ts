import type { KeptSound } from '@parley/agent/audio/kept-sound';
import { resample } from '@parley/agent/audio/resampler';
import { encodeOpusFile } from '@parley/agent/pre-connect/testing/opus-file';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RoomCaller, startRoomCaller } from '../../callers/room-caller.ts';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import {
  answers,
  everybodyLeaves,
  fetchTicket,
  heardOut,
  TEST_AGENTS_DIR,
  understood,
  until,
  WAIT,
} from './parley-call.ts';

const RECORDER_RATE_HZ = 48_000;

let parley: Parley;
let speaker: SentenceSpeaker;
let question: Int16Array;
const callers: RoomCaller[] = [];

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR, settings: { PARLEY_WORKER_PROCESSES: '1' } });
  question = await recorded('What are your prices?');
}, 120_000);

afterEach(async () => {
  await Promise.all(callers.splice(0).map((caller) => caller.leave()));
  await everybodyLeaves();
}, 30_000);

afterAll(async () => {
  await speaker?.close();
  await parley?.stop();
}, 60_000);

/** What a page's recorder heard: a moment of silence, the sentence, and silence until the agent came. */
async function recorded(text: string): Promise<Int16Array> {
  const { samples, sampleRateHz } = await speaker.speak(text);
  const sound = resample(samples, { fromHz: sampleRateHz, toHz: RECORDER_RATE_HZ });
  const silence = new Array<number>(RECORDER_RATE_HZ / 2).fill(0);
  return Int16Array.from([...silence, ...sound, ...silence]);
}

async function callWithBuffer(): Promise<RoomCaller> {
  const { server_url, participant_token } = await fetchTicket(parley, 'storyteller');
  const caller = await startRoomCaller({
    url: server_url,
    token: participant_token,
    announcesKeptSound: true,
  });
  callers.push(caller);
  await caller.waitForAgent(WAIT);
  return caller;
}

const prices = (caller: RoomCaller) => answers(caller).filter((text) => text.includes('costs nothing'));

describe('what was said before the agent came', () => {
  it.each(process.env.PARLEY_TEST_LONG === '1' ? (['webm', 'mp4'] as const) : (['webm'] as const))(
    'is answered once, after the greeting (Opus in %s)',
    async (format) => {
      const sound = await encodeOpusFile(question, format);
      const caller = await callWithBuffer();
      await caller.sendKeptSound(sound);
      await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
      await heardOut(caller);
      expect(answers(caller)[0]).not.toContain('costs nothing');
      expect(answers(caller)).toHaveLength(2);
      expect(understood(caller)).toEqual([expect.stringContaining('prices')]);
    },
    90_000,
  );

  it('is answered where it comes as PCM, and the caller is heard as ever afterwards', async () => {
    const caller = await callWithBuffer();
    const bytes = new Uint8Array(question.buffer.slice(0));
    await caller.sendKeptSound({
      mimeType: 'audio/pcm;rate=48000',
      sampleRateHz: 48_000,
      channels: 1,
      bytes,
    });
    await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
    await heardOut(caller);
    await caller.say(await speaker.speak('What are your prices?'));
    await until('the question asked aloud is answered too', () => prices(caller).length === 2);
  }, 90_000);

  it('is refused where it is no sound, and nothing else is touched', async () => {
    const pcm = { sampleRateHz: 16_000, channels: 1 };
    const refused: [string, KeptSound, { trackSid?: string }?][] = [
      ['no WebM, Ogg or MP4', { ...pcm, mimeType: 'audio/webm', bytes: new Uint8Array(5_000).fill(66) }],
      ['not taken', { ...pcm, mimeType: 'text/html', bytes: new Uint8Array(100) }],
      ['longer than', { ...pcm, mimeType: 'audio/pcm', bytes: new Uint8Array(1_200_000) }],
      [
        'names no microphone',
        { ...pcm, mimeType: 'audio/pcm', bytes: new Uint8Array(100) },
        { trackSid: 'TR_x' },
      ],
    ];
    // A call each: the gate holds the first, and the decoder's own tests the rest.
    for (const [told, sound, options] of refused.slice(0, process.env.PARLEY_TEST_LONG === '1' ? 4 : 1)) {
      const caller = await callWithBuffer();
      await caller.sendKeptSound(sound, options);
      await until(`the log tells: ${told}`, () => parley.logs().includes(told));
      await heardOut(caller);
      await caller.say(await speaker.speak('What are your prices?'));
      await until('the caller is heard', () => prices(caller).length === 1);
      await caller.leave();
    }
  }, 180_000);

  it('that is announced and never sent costs a moment, and not a word', async () => {
    const caller = await callWithBuffer();
    await caller.say(await speaker.speak('What are your prices?'));
    await until('the question is answered after the greeting', () => prices(caller).length === 1);
    expect(answers(caller)).toHaveLength(2);
  }, 90_000);
});
