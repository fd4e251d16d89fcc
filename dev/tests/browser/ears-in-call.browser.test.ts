import type { AudioFrame } from '@parley/agent/audio/frame';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { TEST_AGENTS_DIR } from '../room/parley-call.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { scriptMicrophone } from './support/scripted-microphone.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';
import { watchFalls } from './support/speaker-falls.ts';

/** Longer than anything here takes on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

let parley: Parley;
let browser: Browser;
let story: AudioFrame;
let prices: AudioFrame;
let page: Page;

beforeAll(async () => {
  const speaker = createSentenceSpeaker();
  story = await speaker.speak('Tell me a story.');
  prices = await speaker.speak('What are your prices?');
  await speaker.close();
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR });
  browser = await launchChromium({ microphone: { kind: 'granted' } });
}, 120_000);

afterEach(() => page?.close());

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
}, 60_000);

const stateIs = (words: string) => expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
const agentSaid = async () =>
  (await shownTalk(page))
    .filter(({ speaker }) => speaker === 'agent')
    .map(({ text }) => text)
    .join(' ');
const agentSays = (words: RegExp) => expect.poll(agentSaid, { timeout: PATIENCE_MS }).toMatch(words);

/** A call whose agent has begun the story that the caller asked for, and whose page hears for itself. */
async function storyBy(agent: string) {
  page = await browser.newPage();
  const errors = watchErrors(page);
  const microphone = await scriptMicrophone(page, {
    sentences: [story.samples, prices.samples],
    sampleRateHz: story.sampleRateHz,
  });
  await page.goto(`${parley.url}/?agent=${agent}`);
  const earsOpen = page.waitForEvent('console', (message) => message.text().includes('started micVAD'));
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await stateIs('Listening');
  await earsOpen;
  await microphone.say(0);
  await stateIs('Speaking');
  await agentSays(/a river/);
  const watch = await watchFalls(page);
  return { askForPrices: () => microphone.say(1), falls: watch.falls, errors };
}

it('turns a real agent down, which gives way, and its answer is loud again', async () => {
  const { askForPrices, falls, errors } = await storyBy('storyteller');
  const saidAtMs = await askForPrices();
  await agentSays(/A story costs nothing/);
  const [fellAtMs] = await falls();
  expect(fellAtMs).toBeGreaterThan(saidAtMs);
  expect((await shownTalk(page)).some(({ isInterrupted }) => isInterrupted)).toBe(true);
  await expect
    .poll(() => page.evaluate(() => document.querySelector('audio')?.volume), { timeout: PATIENCE_MS })
    .toBe(1);
  expect(errors).toEqual([]);
}, 180_000);

it('leaves one as loud as it is that gives way to nobody', async () => {
  const { askForPrices, falls, errors } = await storyBy('half-duplex');
  await askForPrices();
  await agentSays(/a very old mill/);
  await stateIs('Listening');
  expect(await falls()).toEqual([]);
  expect((await shownTalk(page)).some(({ isInterrupted }) => isInterrupted)).toBe(false);
  expect(errors).toEqual([]);
}, 180_000);
