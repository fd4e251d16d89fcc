import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setWebScene, type WebScene } from './fixtures/web-scene.ts';
import { type BuiltPage, buildClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { audibleMs, tapSound } from './support/page-sound.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';

/** Longer than anything here takes on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

let built: BuiltPage;
let browser: Browser;
let scene: WebScene;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [built, browser] = await Promise.all([buildClient(), launchChromium({ microphone: { kind: 'granted' } })]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

afterEach(async () => {
  await context?.close();
  await scene?.close();
});

/** A call in the page, with the agent listening and one line of talk of each side. */
async function callInPage(options: { readonly tokenTtlS?: number } = {}) {
  scene = await setWebScene({ folder: built.folder, ...options });
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(scene.url);
  await button('Start call').click();
  await stateIs('Waiting for the agent');
  const agent = await scene.joinAgent();
  await stateIs('The agent is getting ready');
  await agent.setState('listening');
  await stateIs('Listening');
  const greeting = await agent.beginSentence('a1');
  await greeting.add('Hello, this is the front desk.');
  await greeting.end();
  await agent.hear({ segmentId: 'u1', text: 'What are your prices?', isFinal: true });
  await expect.poll(() => lines(), { timeout: PATIENCE_MS }).toEqual(SAID);
  return agent;
}

const SAID = ['agent: Hello, this is the front desk.', 'you: What are your prices?'];
const button = (name: string) => page.getByRole('button', { name, exact: true });
const stateIs = (words: string) => expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
const lines = async () => (await shownTalk(page)).map(({ speaker, text }) => `${speaker}: ${text}`);
/** The identities in the room, the agent's first. */
const identities = async () => (await scene.people()).map(({ identity }) => identity).sort();
const callers = async () => (await identities()).filter((identity) => identity.startsWith('caller-'));
const isPublishing = async () =>
  (await scene.people()).some(({ identity, tracks }) => identity.startsWith('caller-') && tracks.length > 0);
const kept = () => page.evaluate(() => window.sessionStorage.getItem('parley.call'));

describe('a page that is loaded anew in mid-call', () => {
  it('returns to the same call under the same identity, with one agent, its talk and its sound', async () => {
    const agent = await callInPage();
    const before = await identities();
    const callId = await scene.callId();
    await page.reload();
    await stateIs('Listening');
    expect(await lines()).toEqual(SAID);
    await expect.poll(identities, { timeout: PATIENCE_MS }).toEqual(before);
    expect(await scene.callId()).toBe(callId);
    await expect.poll(isPublishing, { timeout: PATIENCE_MS }).toBe(true);

    const sound = await tapSound(page);
    await agent.setState('speaking');
    await stateIs('Speaking');
    if (await button('Turn on sound').isVisible()) await button('Turn on sound').click();
    await expect
      .poll(async () => audibleMs(await sound.levels()), { timeout: PATIENCE_MS })
      .toBeGreaterThan(300);
    await agent.hear({ segmentId: 'u2', text: 'Thank you.', isFinal: true });
    await expect.poll(lines, { timeout: PATIENCE_MS }).toEqual([...SAID, 'you: Thank you.']);
  });

  it('stays muted', async () => {
    await callInPage();
    await button('Mute').click();
    await page.reload();
    await stateIs('Listening');
    await expect
      .poll(
        async () => (await scene.people()).flatMap(({ tracks }) => tracks.map(({ muted }) => muted)).sort(),
        {
          timeout: PATIENCE_MS,
        },
      )
      .toEqual([false, true]);
  });

  it('says that the call is over when it ended in the meantime, and starts another', async () => {
    await callInPage();
    expect(await kept()).not.toBeNull();
    await page.goto('about:blank');
    await scene.deleteRoom();
    await page.goto(scene.url);
    await stateIs('The call is over');
    expect(await kept()).toBeNull();
    await button('Call again').click();
    await stateIs('Waiting for the agent');
  });

  it('starts fresh after the call was ended', async () => {
    await callInPage();
    await button('End call').click();
    await stateIs('Call ended');
    expect(await kept()).toBeNull();
    await expect.poll(callers, { timeout: PATIENCE_MS }).toEqual([]);
    await page.reload();
    await button('Start call').waitFor();
  });

  it('keeps no token of LiveKit’s', async () => {
    await callInPage();
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(stored).toContain('rejoin');
    const payloads = stored
      .split(/[^A-Za-z0-9_-]+/)
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(payloads.filter((text) => text.includes('roomJoin'))).toEqual([]);
  });
});

describe('a tab that is doubled in mid-call', () => {
  it('starts fresh and leaves the call where it is', async () => {
    await callInPage();
    const before = await identities();
    const doubled = context.waitForEvent('page');
    await page.evaluate(() => void window.open(window.location.href));
    const copy = await doubled;
    expect(await copy.evaluate(() => window.sessionStorage.length)).toBeGreaterThan(0);
    await copy.getByRole('button', { name: 'Start call', exact: true }).waitFor({ timeout: PATIENCE_MS });
    expect(await copy.evaluate(() => window.sessionStorage.getItem('parley.call'))).toBeNull();
    expect(await shownState(page)).toBe('Listening');
    expect(await identities()).toEqual(before);
    await page.reload();
    await stateIs('Listening');
  });
});

describe('a page whose token has grown old', () => {
  // `npm run test:long -- rejoin` has tokens of 20 s grow 40 s old.
  const isLong = process.env.PARLEY_TEST_LONG === '1';
  const tokenTtlS = isLong ? 20 : 3;

  it('goes on in the same call after the server was started anew, and when it is loaded anew', async () => {
    await callInPage({ tokenTtlS });
    const before = await identities();
    const callId = await scene.callId();
    await page.waitForTimeout(2 * tokenTtlS * 1_000);
    await scene.restartServer();
    await stateIs('Reconnecting');
    await stateIs('Listening');
    expect(await lines()).toEqual(SAID);
    await expect.poll(identities, { timeout: PATIENCE_MS }).toEqual(before);
    expect(await scene.callId()).toBe(callId);
    await expect.poll(isPublishing, { timeout: PATIENCE_MS }).toBe(true);

    await page.waitForTimeout(2 * tokenTtlS * 1_000);
    await page.reload();
    await stateIs('Listening');
    expect(await lines()).toEqual(SAID);
    await expect.poll(identities, { timeout: PATIENCE_MS }).toEqual(before);
  }, 240_000);
});
