import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setWebScene, type WebScene } from './fixtures/web-scene.ts';
import { type BuiltPage, buildClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { type HostPage, startHostPage } from './support/host-page.ts';
import { audibleMs, tapSound } from './support/page-sound.ts';

/** Longer than anything here takes on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

let built: BuiltPage;
let browser: Browser;
let scene: WebScene;
let host: HostPage;
let stranger: HostPage;
let context: BrowserContext;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  // As strict as a careful site is: the script, its question and the frame are all that it must allow.
  const strict = (server: string) =>
    `default-src 'none'; script-src ${server}; connect-src ${server}; frame-src ${server}; require-trusted-types-for 'script'; trusted-types 'none'`;
  [built, browser, stranger] = await Promise.all([
    buildClient(),
    launchChromium({ microphone: { kind: 'granted' } }),
    startHostPage(),
  ]);
  host = await startHostPage({ policy: strict('http://127.0.0.1:*') });
  scene = await setWebScene({
    folder: built.folder,
    environment: { PARLEY_ALLOWED_ORIGINS: host.origin },
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await scene?.close();
  await Promise.all([host?.close(), stranger?.close(), built?.remove()]);
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  errors = watchErrors(page);
  await page.addInitScript(() => {
    const events: string[] = [];
    Object.assign(window, { callEvents: events });
    for (const type of ['started', 'ended', 'refused'])
      document.addEventListener(`parley-call:${type}`, (event) => {
        const { reason, code } = (event as CustomEvent<Record<string, unknown>>).detail;
        events.push([type, reason, code].filter(Boolean).join(' '));
      });
  });
});

afterEach(() => context.close());

async function openHost(site: HostPage, elements: string) {
  site.show(`<script src="${scene.url}/embed.js"></script>${elements}`);
  await page.goto(site.origin);
}
const element = (index = 0) => page.locator('parley-call').nth(index);
const press = (name: string, index = 0) => element(index).getByRole('button', { name, exact: true }).click();
const frame = (index = 0) => element(index).locator('iframe').contentFrame();
const heading = (index = 0) => frame(index).getByRole('heading', { level: 1 });
const says = (words: string, index = 0) =>
  expect.poll(() => heading(index).textContent(), { timeout: PATIENCE_MS }).toBe(words);
const events = () => page.evaluate(() => (window as unknown as { callEvents: string[] }).callEvents);
const callers = async () =>
  (await scene.people()).map(({ identity }) => identity).filter((identity) => identity.startsWith('caller-'));
const nobodyCalls = () => expect.poll(callers, { timeout: PATIENCE_MS }).toEqual([]);

describe('a page of an allowed site', () => {
  it('loads nothing of the call before the press, then carries one: heard, ended, told of', async () => {
    await openHost(host, '<parley-call agent="helpdesk" label="Talk to us"></parley-call>');
    await expect.poll(() => element().getByRole('button').textContent()).toBe('Talk to us');
    expect(page.frames()).toHaveLength(1);
    await press('Talk to us');
    await says('Waiting for the agent');
    const agent = await scene.joinAgent();
    await says('The agent is getting ready');
    await agent.setState('listening');
    await says('Listening');
    expect(await events()).toEqual(['started']);

    const inner = page.frames().find((one) => one.url().startsWith(scene.url));
    if (inner === undefined) throw new Error('the page holds no frame');
    const sound = await tapSound(inner);
    await agent.setState('speaking');
    await expect
      .poll(async () => audibleMs(await sound.levels()), { timeout: PATIENCE_MS })
      .toBeGreaterThan(300);
    const { height } = (await element().locator('iframe').boundingBox()) ?? { height: 0 };
    expect(height).toBeGreaterThan(400);

    await frame().getByRole('button', { name: 'End call', exact: true }).click();
    await says('Call ended');
    expect(await events()).toEqual(['started', 'ended you']);
    await press('Close the call');
    await expect.poll(() => page.frames().length).toBe(1);
    await nobodyCalls();
    expect(errors).toEqual([]);
  });

  it('is worked by the keyboard alone', async () => {
    await openHost(host, '<parley-call></parley-call>');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await says('Waiting for the agent');
    await frame().getByRole('button', { name: 'End call', exact: true }).focus();
    await page.keyboard.press('Enter');
    await says('Call ended');
    await element().getByRole('button', { name: 'Close the call' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.localName)).toBe('parley-call');
  });

  it('ends the call by closing it, by taking the element away, by asking for another agent, and by leaving', async () => {
    await openHost(host, '<parley-call agent="helpdesk"></parley-call>');
    const call = async () => {
      await press('Start call');
      await says('Waiting for the agent');
      await expect.poll(callers, { timeout: PATIENCE_MS }).toHaveLength(1);
    };
    await call();
    await press('Close the call');
    await nobodyCalls();
    await call();
    await page.evaluate(() => document.querySelector('parley-call')?.setAttribute('agent', 'sales'));
    await nobodyCalls();
    await call();
    await page.evaluate(() => document.querySelector('parley-call')?.remove());
    await nobodyCalls();
    expect(await events()).toEqual([
      'started',
      'ended you',
      'started',
      'ended changed',
      'started',
      // The last one ended out of the page, where nobody listens.
    ]);
    await page.reload();
    await call();
    await page.goto('about:blank');
    await nobodyCalls();
  });

  it('holds several elements, each with a call, a label and a theme of its own', async () => {
    await openHost(
      host,
      '<parley-call label="One" theme="dark"></parley-call><parley-call label="Two"></parley-call>',
    );
    await press('One', 0);
    await says('Waiting for the agent', 0);
    await press('Two', 1);
    await says('Waiting for the agent', 1);
    const paper = (index: number) =>
      frame(index)
        .locator('body')
        .evaluate((body) => getComputedStyle(body).backgroundColor);
    const light = await paper(1);
    expect(await paper(0)).not.toBe(light);
    await page.evaluate(() => document.querySelector('parley-call')?.setAttribute('theme', 'light'));
    await expect.poll(() => paper(0)).toBe(light);
  });

  it('orders nothing by a message from elsewhere', async () => {
    await openHost(host, '<parley-call></parley-call>');
    await press('Start call');
    await says('Waiting for the agent');
    // From the page itself, not from the frame: the element believes none of it.
    await page.evaluate(() =>
      window.postMessage({ type: 'parley-call:ended', reason: 'x', durationMs: 1 }, '*'),
    );
    // From a frame of another origin beside it, to the call's frame.
    await page.evaluate(() => {
      const other = document.createElement('iframe');
      other.setAttribute('sandbox', 'allow-scripts');
      document.body.append(other);
    });
    await page
      .frames()
      .at(-1)
      ?.evaluate(() => window.parent.frames[0]?.postMessage({ type: 'parley-call:end' }, '*'));
    await frame()
      .locator('body')
      .evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    expect(await heading().textContent()).toBe('Waiting for the agent');
    expect(await events()).toEqual(['started']);
  });
});

describe('a page of any other site', () => {
  it('is told what to do, in the element and on the console, and shows no frame', async () => {
    await openHost(stranger, '<parley-call></parley-call>');
    await press('Start call');
    const message = `Pages of ${stranger.origin} may not use this server. Whoever runs it adds the origin to PARLEY_ALLOWED_ORIGINS.`;
    await expect.poll(() => element().getByRole('alert').textContent()).toBe(message);
    expect(errors).toContain(`<parley-call>: ${message}`);
    expect(await events()).toEqual(['refused origin_not_allowed']);
    expect(page.frames()).toHaveLength(1);
  });

  it('may not frame the call by itself, nor the page of the server', async () => {
    await openHost(
      stranger,
      `<iframe src="${scene.url}/embed"></iframe><iframe src="${scene.url}/"></iframe>`,
    );
    await expect
      .poll(() => errors.filter((error) => error.includes('frame-ancestors')).length, {
        timeout: PATIENCE_MS,
      })
      .toBe(2);
    for (const one of page.frames().slice(1)) expect(await one.locator('#root').count()).toBe(0);
  });
});
