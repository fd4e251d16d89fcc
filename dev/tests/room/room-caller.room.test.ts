import { TOPIC } from '@parley/contracts/room-protocol';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type RoomCaller, startRoomCaller } from '../../callers/room-caller.ts';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { startTestSfu, type TestSfu } from '../../sfu/test-sfu.ts';

const SOON = { timeoutMs: 10_000 };

let sfu: TestSfu;
let speaker: SentenceSpeaker;
const callers: RoomCaller[] = [];

beforeAll(async () => {
  sfu = await startTestSfu();
  speaker = createSentenceSpeaker();
}, 120_000);

afterEach(async () => {
  await Promise.all(callers.splice(0).map((caller) => caller.leave()));
});

afterAll(async () => {
  await speaker?.close();
  await sfu?.stop();
});

async function tokenFor(room: string, identity: string): Promise<string> {
  const token = new AccessToken(sfu.apiKey, sfu.apiSecret, { identity });
  token.addGrant({ room, roomJoin: true });
  return token.toJwt();
}

async function joinRoom(
  room: string,
  identity: string,
  options: { readonly microphoneRateHz?: number; readonly isAlone?: boolean } = {},
): Promise<RoomCaller> {
  const caller = await startRoomCaller({
    url: sfu.url,
    token: await tokenFor(room, identity),
    ...options,
  });
  callers.push(caller);
  return caller;
}

it.each([48_000, 16_000, 22_050])(
  'a sentence said into a microphone of %i Hz is heard whole',
  async (rateHz) => {
    const room = `talk-${rateHz}`;
    const [speaking, hearing] = await Promise.all([
      joinRoom(room, 'anna', { microphoneRateHz: rateHz }),
      joinRoom(room, 'ben'),
    ]);
    const sinceMs = hearing.nowMs();
    const said = await speaking.say(await speaker.speak('Good morning.'));
    const onsetAtMs = await hearing.waitForSound({ sinceMs, identity: 'anna', ...SOON });
    const offsetAtMs = await hearing.waitForSilence(300, { sinceMs, identity: 'anna', ...SOON });
    expect(onsetAtMs).toBeGreaterThan(said.firstSampleAtMs);
    expect(offsetAtMs).toBeGreaterThan(said.lastSampleAtMs - 200);
    const { samples, sampleRateHz } = await hearing.recording(sinceMs, hearing.nowMs(), 'anna');
    expect((samples.length * 1000) / sampleRateHz).toBeGreaterThan(offsetAtMs - onsetAtMs);
  },
);

it('typed text reaches the others, and video may be published', async () => {
  const [anna, ben] = await Promise.all([joinRoom('text', 'anna'), joinRoom('text', 'ben')]);
  await anna.publishVideo();
  await anna.sendChat('Hello Ben 😀');
  const isChat = (text: { topic: string; end: unknown }) => text.topic === TOPIC.chat && text.end !== null;
  expect(await ben.waitForText(isChat, SOON)).toMatchObject({
    identity: 'anna',
    text: 'Hello Ben 😀',
    end: { isWhole: true },
  });
});

it('who leaves is seen to go at once', async () => {
  const [anna, ben] = await Promise.all([joinRoom('leaving', 'anna'), joinRoom('leaving', 'ben')]);
  const seen = () => anna.members().find(({ identity }) => identity === 'ben');
  // The SFU tells of some only a while after they came; who was never seen is not seen to go.
  await expect.poll(seen, { timeout: 20_000 }).toBeDefined();
  await ben.leave();
  const departure = () => seen()?.leftAtMs;
  await expect.poll(departure, { timeout: 20_000 }).toBeTypeOf('number');
});

it('who vanished says nothing more, and may leave all the same', async () => {
  const [anna, ben] = await Promise.all([
    joinRoom('vanishing', 'anna', { isAlone: true }),
    joinRoom('vanishing', 'ben'),
  ]);
  await expect(ben.vanish()).rejects.toThrow('isAlone');
  await anna.vanish();
  await expect(anna.say(await speaker.speak('Hello?'))).rejects.toMatchObject({ code: 'gone' });
  await anna.leave();
});

it('a token that the room refuses is told as such', async () => {
  const token = new AccessToken(sfu.apiKey, 'x'.repeat(64), { identity: 'anna' });
  token.addGrant({ room: 'closed', roomJoin: true });
  await expect(startRoomCaller({ url: sfu.url, token: await token.toJwt() })).rejects.toMatchObject({
    code: 'join_failed',
  });
}, 30_000);

it('a wait in vain says what was waited for', async () => {
  const anna = await joinRoom('alone', 'anna');
  const nothing = { timeoutMs: 100 };
  await expect(anna.waitForAgent(nothing)).rejects.toThrow('no agent within 100 ms');
  await expect(anna.waitForSound({ sinceMs: 0, ...nothing })).rejects.toMatchObject({ code: 'timeout' });
});
