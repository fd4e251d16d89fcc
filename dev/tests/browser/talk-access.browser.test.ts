import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Scene } from './fixtures/scene.ts';
import { openStage, PATIENCE_MS } from './fixtures/stage.ts';
import { seriousFaults } from './support/axe.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';

const stage = openStage();
let scene: Scene;
let page: Page;

beforeEach(async () => {
  const agents = ['Front desk', 'Storyteller'].map((title, index) => ({
    name: `agent-${index}`,
    title,
    description: `What ${title} is good for.`,
    language: index === 0 ? 'en' : 'de',
    isDefault: index === 0,
  }));
  scene = await stage.setScene({ 'GET /api/agents': () => ({ status: 200, json: { agents } }) });
  page = await stage.browser.newPage({ reducedMotion: 'reduce' });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(scene.server.url);
  await page.getByRole('radio', { name: 'Storyteller' }).waitFor();
});

afterEach(async () => {
  await page.close();
  await scene.close();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const stateIs = (words: string) => expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
const isFocused = (name: string) => button(name).evaluate((element) => element === document.activeElement);

/** Small and large, light and dark. */
const LOOKS = [320, 1440].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);

const hasNoFault = async (what: string) => {
  for (const { width, scheme } of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    expect(await seriousFaults(page), `${what} at ${width} px, ${scheme}`).toEqual([]);
  }
};

it('has no serious fault before, in and after a call', async () => {
  await hasNoFault('before the call');
  await button('Start call').click();
  await stateIs('Waiting for the agent');
  const agent = await scene.joinAgent();
  await stateIs('The agent is getting ready');
  await agent.setState('speaking');
  const cut = await agent.beginSentence('a1');
  await cut.add('We are open from nine to');
  await cut.end({ unheard: 'five, Monday to Friday.' });
  await agent.hear({ segmentId: 'u1', text: 'and on satur', isFinal: false });
  await expect.poll(async () => (await shownTalk(page)).length, { timeout: PATIENCE_MS }).toBe(2);
  await button('Mute').click();
  await button('Sound settings').click();
  await hasNoFault('muted, in a talk, with the settings open');
  await button('End call').click();
  await stateIs('Call ended');
  await hasNoFault('after the call');
}, 120_000);

it('has no serious fault while it helps with the microphone', async () => {
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await button('Start call').click();
  await page.getByRole('heading', { name: 'The microphone is blocked' }).waitFor();
  await hasNoFault('without a microphone');
}, 60_000);

it('carries a whole call by keyboard alone', async () => {
  // The ways to the other pages come first, and can be passed over.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await stateIs('Talk with Storyteller');
  await page.keyboard.press('Tab');
  expect(await isFocused('Start call')).toBe(true);
  await page.keyboard.press('Enter');
  await stateIs('Waiting for the agent');
  const agent = await scene.joinAgent();
  await agent.setState('listening');
  await stateIs('Listening');
  // Not on the button that ends the call: the key that began it may still be down.
  expect(await isFocused('Mute')).toBe(true);

  await page.keyboard.press('Space');
  await expect.poll(() => button('Mute').getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('m');
  await expect.poll(() => button('Mute').getAttribute('aria-pressed')).toBe('false');

  await page.keyboard.press('/');
  await page.keyboard.type('mcE/');
  await page.keyboard.press('Enter');
  await expect.poll(() => agent.typed, { timeout: PATIENCE_MS }).toEqual(['mcE/']);
  await expect.poll(() => button('Mute').getAttribute('aria-pressed')).toBe('false');

  // Out of the field, and on from there.
  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  await expect.poll(() => button('Mute').getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('m');
  for (const name of ['Mute', 'End call', 'Sound settings']) {
    await page.keyboard.press('Tab');
    expect(await isFocused(name), name).toBe(true);
  }
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Sound settings' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await isFocused('Sound settings')).toBe(true);
  await page.keyboard.press('Shift+Tab');
  expect(await isFocused('End call')).toBe(true);
  await page.keyboard.press('Enter');
  await stateIs('Call ended');
  expect(await isFocused('Call again')).toBe(true);

  await page.keyboard.press('Enter');
  await stateIs('Listening');
  await page.keyboard.press('Shift+E');
  await stateIs('Call ended');
});

it('obeys no single keys once they are switched off', async () => {
  await button('Sound settings').click();
  await page.getByRole('checkbox', { name: /Keys in a call/ }).uncheck();
  await button('Start call').click();
  await stateIs('Waiting for the agent');
  await page.keyboard.press('m');
  await page.keyboard.press('Shift+E');
  expect(await button('Mute').getAttribute('aria-pressed')).toBe('false');
  await stateIs('Waiting for the agent');
});
