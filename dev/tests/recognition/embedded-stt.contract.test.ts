import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { createEmbeddedStt } from '@parley/agent/stt/embedded';
import { createRecogniser } from '@parley/agent/stt/embedded/recogniser';
import { describeSttContract, type KnownSpeech } from '@parley/agent/stt/stt.contract';
import { loadSilero } from '@parley/agent/vad/silero';
import { scriptSchema } from '@parley/contracts/script';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedEars, log, openEmbeddedEars } from './embedded-ears.ts';
import { hear } from './hear.ts';
import { fliteVoice } from './synthetic-voice.ts';

let ears: EmbeddedEars;
beforeAll(async () => {
  ears = await openEmbeddedEars();
});
afterAll(() => ears.close());

const voice = fliteVoice('slt');
const speech = async (text: string): Promise<KnownSpeech> => ({ samples: await voice.say(text), text });

describeSttContract('embedded', {
  create: async () => createEmbeddedStt({ ...ears, log }),
  speech: () => Promise.all([speech('what are your opening hours'), speech('please tell me a joke')]),
  otherLanguage: 'de',
});

test('understands ten callers at once, each for themselves', async () => {
  const stt = createEmbeddedStt({ ...ears, log });
  const vad = await loadSilero();
  const said = ['where are you', 'what are your prices', 'make me laugh', 'good morning', 'what can you do'];
  const texts = [...said, ...said];
  const heard = await Promise.all(texts.map(async (text) => hear(await voice.say(text), { vad, stt })));
  expect(heard.map(({ text }) => text)).toEqual(texts);
  await Promise.all([stt.close(), vad.close()]);
});

const scriptOf = (...phrases: string[]) =>
  scriptSchema.parse({
    start: 'main',
    noMatch: 'Pardon?',
    steps: { main: { branches: [{ name: 'said', phrases, reply: 'Yes.' }] } },
  });

test('learns a word that its dictionary lacks from its pronunciation', async () => {
  const stt = createEmbeddedStt({
    script: scriptOf('book a zorbiquane', 'what time is it'),
    recogniser: ears.recogniser,
    log,
  });
  const vad = await loadSilero();
  const heard = await hear(await voice.say('book a zorbiquane'), { vad, stt });
  expect(heard).toMatchObject({ outcome: 'words', text: 'book a zorbiquane' });
  await Promise.all([stt.close(), vad.close()]);
});

const recogniserWith = (pronounce: (word: string) => Promise<readonly string[]>) =>
  createRecogniser({ pronounce, clock: createMonotonicClock(), log });

test('a word without a sound is a fault of the script, told before the first call', async () => {
  const recogniser = recogniserWith(async () => []);
  const stt = createEmbeddedStt({ script: scriptOf('zorbiquane'), recogniser, log });
  await expect(stt.warm()).rejects.toMatchObject({
    code: 'bad_request',
    message: expect.stringContaining('zorbiquane'),
  });
  await recogniser.close();
});

test('a pronunciation that is none is refused, and the other scripts go on', async () => {
  const recogniser = recogniserWith(async () => ['NO', 'PHONES']);
  const faulty = createEmbeddedStt({ script: scriptOf('zorbiquane'), recogniser, log });
  await expect(faulty.warm()).rejects.toMatchObject({ code: 'bad_request' });
  await expect(
    createEmbeddedStt({ script: scriptOf('hello'), recogniser, log }).warm(),
  ).resolves.toBeUndefined();
  await recogniser.close();
});

test('a phrase that is not in the notation is refused at once', () => {
  expect(() =>
    createEmbeddedStt({ script: scriptOf('book (a | b'), recogniser: ears.recogniser, log }),
  ).toThrow('"("');
});

test('a closed recogniser says so', async () => {
  const recogniser = recogniserWith(async () => []);
  const stt = createEmbeddedStt({ script: scriptOf('hello'), recogniser, log });
  await stt.warm();
  await recogniser.close();
  await recogniser.close();
  await expect(stt.warm()).rejects.toMatchObject({ code: 'unavailable', retryable: false });
  await stt.close();
});
