import type { Browser } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import { startParley } from '../../parley/start-parley.ts';
import { TEST_AGENTS_DIR } from '../room/parley-call.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { scriptMicrophone } from './support/scripted-microphone.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';
import { watchFalls } from './support/speaker-falls.ts';

/** Longer than anything here takes on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

it('turns a real agent down, which gives way, and its answer is loud again', async () => {
  const speaker = createSentenceSpeaker();
  cleanUp.push(() => speaker.close());
  const parley = await startParley({ agentsDir: TEST_AGENTS_DIR });
  cleanUp.push(() => parley.stop());
  const browser: Browser = await launchChromium({ microphone: { kind: 'granted' } });
  cleanUp.push(() => browser.close());
  const page = await browser.newPage();
  const errors = watchErrors(page);
  const story = await speaker.speak('Tell me a story.');
  const prices = await speaker.speak('What are your prices?');
  const microphone = await scriptMicrophone(page, {
    sentences: [story.samples, prices.samples],
    sampleRateHz: story.sampleRateHz,
  });
  const stateIs = (words: string) =>
    expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
  const agentSaid = async () =>
    (await shownTalk(page)).filter((segment) => segment.speaker === 'agent').map(({ text }) => text);

  await page.goto(`${parley.url}/?agent=storyteller`);
  const earsOpen = page.waitForEvent('console', (message) => message.text().includes('started micVAD'));
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await stateIs('Listening');
  await earsOpen;
  await microphone.say(0);
  await stateIs('Speaking');
  await expect.poll(async () => (await agentSaid()).join(' '), { timeout: PATIENCE_MS }).toMatch(/a river/);
  const watch = await watchFalls(page);
  const saidAtMs = await microphone.say(1);
  await expect
    .poll(async () => (await agentSaid()).join(' '), { timeout: PATIENCE_MS })
    .toMatch(/A story costs nothing/);
  const [fellAtMs] = await watch.falls();
  expect(fellAtMs).toBeGreaterThan(saidAtMs);
  expect((await shownTalk(page)).some(({ isInterrupted }) => isInterrupted)).toBe(true);
  await expect
    .poll(() => page.evaluate(() => document.querySelector('audio')?.volume), { timeout: PATIENCE_MS })
    .toBe(1);
  expect(errors).toEqual([]);
}, 180_000);
