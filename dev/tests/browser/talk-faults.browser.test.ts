import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from './fixtures/fixture-agent.ts';
import type { Scene } from './fixtures/scene.ts';
import { openStage, PATIENCE_MS } from './fixtures/stage.ts';
import { launchChromium, type MicrophoneCase } from './support/chromium.ts';
import { takeLooks } from './support/page-looks.ts';
import type { ApiRoutes } from './support/page-server.ts';
import { shownState } from './support/shown-talk.ts';

const stage = openStage();
const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function open(
  routes: ApiRoutes = {},
  browser = stage.browser,
  prepare?: () => void,
): Promise<{ page: Page; scene: Scene }> {
  const scene = await stage.setScene(routes);
  cleanUp.push(() => scene.close());
  const context = await browser.newContext();
  cleanUp.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  if (prepare) await page.addInitScript(prepare);
  await page.goto(scene.server.url);
  return { page, scene };
}

const start = (page: Page) => page.getByRole('button', { name: 'Start call', exact: true }).click();
const stateIs = (page: Page, words: string) =>
  expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
const typed = async (page: Page, agent: FixtureAgent, text: string) => {
  await page.getByRole('textbox', { name: 'Message to the agent' }).fill(text);
  await page.keyboard.press('Enter');
  await expect.poll(() => agent.typed, { timeout: PATIENCE_MS }).toEqual([text]);
};
const looksGood = async (page: Page, name: string) => expect(await takeLooks(page, name)).toEqual([]);

describe('without a microphone', () => {
  const cases: [MicrophoneCase['kind'], string][] = [
    ['denied', 'The microphone is blocked'],
    ['missing', 'No microphone was found'],
  ];
  it.each(cases)('that is %s the call is held by typing, with help at hand', async (kind, words) => {
    const browser = await launchChromium({ microphone: { kind } });
    cleanUp.push(() => browser.close());
    const { page, scene } = await open({}, browser);
    await start(page);
    await page.getByRole('heading', { name: words }).waitFor();
    const agent = await scene.joinAgent();
    await agent.setState('listening');
    await stateIs(page, 'Waiting for your message');
    await typed(page, agent, 'Can you read me?');
    expect(await page.getByRole('button', { name: 'Mute', exact: true }).isDisabled()).toBe(true);
    await looksGood(page, `microphone-${kind}`);
  });

  it.each([
    ['NotAllowedError', 'Permission dismissed', 'The microphone was not allowed yet'],
    ['NotReadableError', 'Could not start audio source', 'The microphone is in use'],
  ])('because of %s (%s) it is told in words, and another try brings it in', async (name, message, words) => {
    const { page, scene } = await open();
    await page.evaluate(
      (error) => {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        let isFirst = true;
        navigator.mediaDevices.getUserMedia = (constraints) => {
          if (!isFirst) return ask(constraints);
          isFirst = false;
          return Promise.reject(new DOMException(error.message, error.name));
        };
      },
      { name, message },
    );
    await start(page);
    await page.getByRole('heading', { name: words }).waitFor();
    const agent = await scene.joinAgent();
    await agent.setState('listening');
    await page.getByRole('button', { name: 'Try the microphone again' }).click();
    await stateIs(page, 'Listening');
    expect(await page.getByRole('heading', { name: words }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Mute', exact: true }).isEnabled()).toBe(true);
  });

  it('on plain http the call is held by typing', async () => {
    const { page, scene } = await open({}, stage.browser, () => {
      // What browsers leave out there.
      Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined });
      Reflect.deleteProperty(Crypto.prototype, 'randomUUID');
    });
    await start(page);
    await page.getByRole('heading', { name: 'This address may not use the microphone' }).waitFor();
    expect(await page.getByRole('button', { name: 'Try the microphone again' }).count()).toBe(0);
    const agent = await scene.joinAgent();
    await agent.setState('listening');
    await typed(page, agent, 'Can you read me?');
  });
});

describe('the server', () => {
  it('that does not answer is said in words, and the next try goes through', async () => {
    let isAway = true;
    const { page } = await open({
      'GET /api/health': () => null,
      'POST /api/token': () => (isAway ? null : { status: 500, json: {} }),
    });
    await start(page);
    await stateIs(page, 'The server does not answer');
    await looksGood(page, 'server-away');
    isAway = false;
    await start(page);
    await stateIs(page, 'The call was refused');
  });

  it('that has no media server behind it is told from one that is away', async () => {
    const { page } = await open({
      'POST /api/token': () => ({
        status: 201,
        json: { server_url: 'ws://127.0.0.1:9', participant_token: 'a.b.c' },
      }),
    });
    await start(page);
    await stateIs(page, 'The call could not be connected');
  });

  it('that limits calls says when to try again', async () => {
    const { page } = await open({
      'POST /api/token': () => ({ status: 429, json: {}, headers: { 'retry-after': '12' } }),
    });
    await start(page);
    await stateIs(page, 'Too many calls in a short time');
    expect(await page.getByText('Try again in 12 seconds.').first().isVisible()).toBe(true);
  });

  it('that wants its access key is given it, and the call goes on', async () => {
    const handedIn: unknown[] = [];
    let isOpen = false;
    const { page } = await open({
      'POST /api/token': () =>
        isOpen
          ? { status: 429, json: {} }
          : {
              status: 401,
              json: { error: { code: 'access_key_required', message: 'The access key is missing.' } },
            },
      'POST /api/access': (body) => {
        handedIn.push(body);
        isOpen = handedIn.length > 1;
        return { status: isOpen ? 204 : 401, json: {} };
      },
    });
    await start(page);
    await stateIs(page, 'This server asks for its access key');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.getByText('This is not the key').isVisible(), { timeout: PATIENCE_MS })
      .toBe(true);
    await looksGood(page, 'access-key');
    await page.getByLabel('Access key').fill('right');
    await page.getByRole('button', { name: 'Continue' }).click();
    await stateIs(page, 'Too many calls in a short time');
    expect(handedIn).toEqual([{ key: 'wrong' }, { key: 'right' }]);
  });
});

describe('an agent that does not come', () => {
  it('is explained in the server’s words, which go when it comes after all', async () => {
    const { page, scene } = await open();
    await start(page);
    await stateIs(page, 'Waiting for the agent');
    await scene.sendNotice({
      cause: 'no_worker',
      message: 'No agent worker is connected. Start one, or see its log.',
    });
    await stateIs(page, 'No agent has come yet');
    expect(await page.getByText('No agent worker is connected.').first().isVisible()).toBe(true);
    await looksGood(page, 'no-agent');
    const agent = await scene.joinAgent();
    await agent.setState('listening');
    await stateIs(page, 'Listening');
    expect(await page.getByText('No agent worker is connected.').count()).toBe(0);
  });
});

it('sound that the browser holds back is let go by one button', async () => {
  const { page, scene } = await open();
  await page.evaluate(() => {
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no gesture', 'NotAllowedError'));
    Object.assign(window, { allowSound: () => Object.assign(HTMLMediaElement.prototype, { play }) });
  });
  await start(page);
  const agent = await scene.joinAgent();
  await agent.setState('speaking');
  const button = page.getByRole('button', { name: 'Turn on sound' });
  await button.waitFor();
  await looksGood(page, 'sound-blocked');
  await page.evaluate(() => (window as unknown as { allowSound(): void }).allowSound());
  await button.click();
  await button.waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.querySelector('audio')?.paused)).toBe(false);
});
