import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setWebScene, type WebScene } from './fixtures/web-scene.ts';
import { type BuiltPage, buildClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { HOSTILE, seenByPolicy, watchPolicy } from './support/hostile-texts.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';

/** Longer than anything here takes on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

let built: BuiltPage;
let browser: Browser;
let scene: WebScene;
let context: BrowserContext;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  [built, browser] = await Promise.all([buildClient(), launchChromium({ microphone: { kind: 'granted' } })]);
  scene = await setWebScene({ folder: built.folder });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await scene?.close();
  await built?.remove();
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  errors = watchErrors(page);
  await watchPolicy(page);
});

afterEach(() => context.close());

const button = (name: string) => page.getByRole('button', { name, exact: true });
const stateIs = (words: string) => expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
const seen = () => seenByPolicy(page);

describe('the page under its own policy', () => {
  it('carries a call and a reload, local ears too, without once asking for what it may not', async () => {
    const vad = page.waitForResponse(/\.onnx$/);
    await page.goto(scene.url);
    await button('Start call').click();
    const agent = await stateIs('Waiting for the agent').then(() => scene.joinAgent());
    await agent.setState('listening');
    await stateIs('Listening');
    expect((await vad).ok()).toBe(true);
    await button('Mute').click();
    expect(await seen()).toEqual([]);
    await page.reload();
    await stateIs('Listening');
    await button('End call').click();
    await stateIs('Call ended');
    expect(await seen()).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('shows hostile words of the agent, the caller, its name and a notice as the text that they are', async () => {
    await page.goto(`${scene.url}/?agent=${encodeURIComponent(HOSTILE[0])}`);
    await button('Start call').click();
    await stateIs('Waiting for the agent');
    await scene.sendNotice(HOSTILE.join(' '));
    await stateIs('No agent has come yet');
    await page.getByText('<script>ran("script")</script> <img').first().waitFor();

    const agent = await scene.joinAgent({ name: HOSTILE[1] });
    await agent.setState('listening');
    await stateIs('Listening');
    await Promise.all(
      HOSTILE.map(async (text, index) => {
        await agent.hear({ segmentId: `u${index}`, text, isFinal: true });
        const sentence = await agent.beginSentence(`a${index}`);
        await sentence.add(text);
        await sentence.end();
      }),
    );
    await page.getByRole('textbox').fill(HOSTILE[1]);
    await page.getByRole('textbox').press('Enter');
    const shown = async () => (await shownTalk(page)).map(({ text }) => text);
    for (const text of HOSTILE)
      await expect
        .poll(async () => (await shown()).filter((line) => line === text).length, { timeout: PATIENCE_MS })
        .toBeGreaterThanOrEqual(2);
    expect(await seen()).toEqual([]);
    await page.reload();
    await stateIs('Listening');
    for (const text of HOSTILE) expect(await shown()).toContain(text);
    expect(await seen()).toEqual([]);
    expect(await page.locator('script:not([src]), img[src="x"], iframe, form[action*="evil"]').count()).toBe(
      0,
    );
  });

  it('would stop markup that got in', async () => {
    await page.goto(scene.url);
    await button('Start call').waitFor();
    const refusal = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<img src=x onerror=ran("img")>';
        return 'none';
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(refusal).toBe('TypeError');
    expect(await seen()).toEqual([expect.stringContaining('require-trusted-types-for')]);
  });
});
