import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import type { FixtureAgent } from './fixtures/fixture-agent.ts';
import type { Scene } from './fixtures/scene.ts';
import { openStage, PATIENCE_MS } from './fixtures/stage.ts';
import type { ApiRoutes } from './support/page-server.ts';
import { shownState } from './support/shown-talk.ts';

const stage = openStage();
const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

/** A page with two agents, whose calls are refused. */
async function open(): Promise<Page> {
  const routes: ApiRoutes = { 'GET /api/agents': () => ({ status: 200, json: TWO_AGENTS }), ...tokenBodies };
  return (await openScene(routes)).page;
}

/** A page in a call, whose agent listens. */
async function callInPage(): Promise<{ page: Page; agent: FixtureAgent }> {
  const { page, scene } = await openScene({});
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Waiting for the agent');
  const agent = await scene.joinAgent();
  await agent.setState('listening');
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Listening');
  return { page, agent };
}

async function openScene(routes: ApiRoutes): Promise<{ page: Page; scene: Scene }> {
  const scene = await stage.setScene(routes);
  cleanUp.push(() => scene.close());
  const context = await stage.browser.newContext();
  cleanUp.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(makeUnpluggable);
  await page.goto(scene.server.url);
  return { page, scene };
}

const agent = (name: string, isDefault: boolean) => ({
  name,
  title: `The ${name}`,
  description: '',
  language: 'en',
  isDefault,
});
const TWO_AGENTS = { agents: [agent('guide', false), agent('desk', true)] };

const asked: unknown[] = [];
const tokenBodies = {
  'POST /api/token': (body: unknown) => {
    asked.push(body);
    return { status: 404, json: { error: { code: 'unknown_agent', message: 'Nobody is called that.' } } };
  },
};

/** Lets a test pull out devices, and notes which microphone was asked for last. */
function makeUnpluggable() {
  const media = navigator.mediaDevices;
  const list = media.enumerateDevices.bind(media);
  const open = media.getUserMedia.bind(media);
  const unplugged = new Set<string>();
  let hasMicrophones = true;
  let inUse: MediaStreamTrack | undefined;
  media.enumerateDevices = async () =>
    (await list()).filter(
      ({ kind, label }) => !unplugged.has(label) && (hasMicrophones || kind !== 'audioinput'),
    );
  media.getUserMedia = async (constraints) => {
    if (!hasMicrophones) throw new DOMException('Requested device not found', 'NotFoundError');
    const stream = await open(constraints);
    inUse = stream.getAudioTracks()[0];
    Object.assign(window, { microphoneInUse: stream.getAudioTracks()[0]?.label });
    return stream;
  };
  Object.assign(window, {
    unplug(label: string) {
      unplugged.add(label);
      media.dispatchEvent(new Event('devicechange'));
    },
    plugIn(label: string) {
      unplugged.delete(label);
      media.dispatchEvent(new Event('devicechange'));
    },
    unplugMicrophones() {
      hasMicrophones = false;
      inUse?.stop();
      inUse?.dispatchEvent(new Event('ended'));
      media.dispatchEvent(new Event('devicechange'));
    },
    plugInMicrophones() {
      hasMicrophones = true;
      media.dispatchEvent(new Event('devicechange'));
    },
  });
}

interface Unpluggable {
  readonly microphoneInUse: string;
  unplug(label: string): void;
  plugIn(label: string): void;
  /** Ends the one in use too, as the browser does. */
  unplugMicrophones(): void;
  plugInMicrophones(): void;
}

const HEADSET = 'Fake Audio Input 2';
const inUse = (page: Page) => page.evaluate(() => (window as unknown as Unpluggable).microphoneInUse);
const settings = (page: Page) => page.getByRole('button', { name: 'Sound settings' });

it('goes on with the default microphone when the chosen one is pulled out, and returns to it', async () => {
  const { page } = await callInPage();
  await settings(page).click();
  const picker = page.getByLabel('Microphone', { exact: true });
  await picker.selectOption({ label: HEADSET });
  await expect.poll(() => inUse(page), { timeout: PATIENCE_MS }).toBe(HEADSET);

  await page.evaluate((label) => (window as unknown as Unpluggable).unplug(label), HEADSET);
  await page.getByText(`“${HEADSET}” is not connected.`).waitFor();
  await expect.poll(() => inUse(page), { timeout: PATIENCE_MS }).not.toBe(HEADSET);
  expect(await page.getByRole('button', { name: 'Mute', exact: true }).isEnabled()).toBe(true);

  await page.evaluate((label) => (window as unknown as Unpluggable).plugIn(label), HEADSET);
  await page.getByText(`“${HEADSET}” is back and in use.`).waitFor();
  await expect.poll(() => inUse(page), { timeout: PATIENCE_MS }).toBe(HEADSET);

  await page.getByRole('button', { name: 'End call' }).click();
  await page.reload();
  await settings(page).click();
  await expect
    .poll(() => picker.evaluate((field: HTMLSelectElement) => field.selectedOptions[0]?.label))
    .toBe(HEADSET);
}, 60_000);

it('goes on by typing when the last microphone is pulled out, and by voice when one is back', async () => {
  const { page, agent } = await callInPage();
  await page.evaluate(() => (window as unknown as Unpluggable).unplugMicrophones());
  await page.getByRole('heading', { name: 'No microphone was found' }).waitFor();
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Waiting for your message');
  await page.getByRole('textbox', { name: 'Message to the agent' }).fill('Can you read me?');
  await page.keyboard.press('Enter');
  await expect.poll(() => agent.typed, { timeout: PATIENCE_MS }).toEqual(['Can you read me?']);
  await page.evaluate(() => (window as unknown as Unpluggable).plugInMicrophones());
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Listening');
  expect(await page.getByRole('button', { name: 'Mute', exact: true }).isEnabled()).toBe(true);
});

it('shows the level of a microphone before the call, and lets it go with the panel', async () => {
  const page = await open();
  await settings(page).click();
  await page.getByRole('button', { name: 'Try your microphone' }).click();
  const level = () =>
    page.locator('.level').evaluate((bar: HTMLElement) => Number(bar.style.getPropertyValue('--level')));
  await expect.poll(level, { timeout: PATIENCE_MS }).toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  expect(await settings(page).evaluate((button) => button === document.activeElement)).toBe(true);
  expect(await page.locator('.level').count()).toBe(0);
});

it('calls the agent that is chosen, remembers it, and follows the address before that', async () => {
  const page = await open();
  const agentAsked = () =>
    (asked.at(-1) as { room_config?: { agents: { agent_name: string }[] } }).room_config?.agents[0]
      ?.agent_name;
  const call = async () => {
    await page.getByRole('button', { name: 'Start call', exact: true }).click();
    await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('The call was refused');
  };
  await expect.poll(() => shownState(page)).toBe('Talk with The desk');
  await page.getByRole('radio', { name: 'The guide' }).check();
  await call();
  expect(agentAsked()).toBe('guide');
  await page.reload();
  await expect.poll(() => shownState(page)).toBe('Talk with The guide');
  await page.goto(`${page.url()}?agent=desk`);
  await expect.poll(() => shownState(page)).toBe('Talk with The desk');
  await call();
  expect(agentAsked()).toBe('desk');
});
