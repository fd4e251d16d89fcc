import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setWebScene, type WebScene } from './fixtures/web-scene.ts';
import { seriousFaults } from './support/axe.ts';
import { type BuiltPage, buildClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { takeLooks } from './support/page-looks.ts';
import { shownState } from './support/shown-talk.ts';

/** Longer than anything here takes on a busy machine, in ms. */
const PATIENCE_MS = 20_000;
const PASSWORD = 'correct horse battery';

let built: BuiltPage;
let browser: Browser;
let scene: WebScene;

beforeAll(async () => {
  [built, browser] = await Promise.all([buildClient(), launchChromium({ microphone: { kind: 'granted' } })]);
  scene = await setWebScene({ folder: built.folder });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await scene?.close();
  await built?.remove();
});

/** A page of a person of its own, without the cookies of others. */
async function openPage(path: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${scene.url}${path}`);
  return page;
}

const asKey = async (key: string) =>
  (await fetch(`${scene.url}/api/calls`, { headers: { authorization: `Bearer ${key}` } })).status;

it('gives the server a password on the first run, which then opens calls, keys and the talk, and nothing else does', async () => {
  const owner = await openPage('/access');
  await owner.getByLabel('New password').fill(PASSWORD);
  await owner.getByLabel('The same again').fill('something else');
  await owner.getByRole('button', { name: 'Set it' }).click();
  await owner.getByText('The two passwords differ.').waitFor();
  await owner.getByLabel('The same again').fill(PASSWORD);
  await owner.getByRole('button', { name: 'Set it' }).click();
  await owner.getByText('The password is set.').waitFor();
  await owner.getByRole('button', { name: 'Sign out' }).waitFor();

  await owner.getByLabel('What the key is for').fill('<img src=x onerror=alert(1)>');
  await owner.getByRole('button', { name: 'Make a key' }).click();
  const key = (await owner.locator('.made-key code').textContent()) ?? '';
  expect(await asKey(key)).toBe(200);
  expect(await takeLooks(owner, 'access')).toEqual([]);
  expect(await seriousFaults(owner)).toEqual([]);
  await owner.setViewportSize({ width: 1280, height: 900 });
  await owner.reload();
  await owner.locator('.keys li').waitFor();
  expect(await owner.locator('.made-key').count()).toBe(0);
  await owner.getByRole('button', { name: /^Revoke/ }).click();
  await owner.getByRole('button', { name: 'Revoke it now' }).click();
  await expect.poll(() => owner.locator('.keys li').count(), { timeout: PATIENCE_MS }).toBe(0);
  expect(await asKey(key)).toBe(401);

  const guest = await openPage('/calls');
  await guest.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await seriousFaults(guest)).toEqual([]);
  await guest.getByLabel('Password').fill('not the password');
  await guest.getByRole('button', { name: 'Continue' }).click();
  await guest.getByText('This is not the password.').waitFor();
  await guest.getByLabel('Password').fill(PASSWORD);
  await guest.getByRole('button', { name: 'Continue' }).click();
  await guest.getByText('No call yet').waitFor();

  const caller = await openPage('/');
  await caller.getByRole('button', { name: 'Start call', exact: true }).click();
  await caller.getByLabel('Access key or password').fill(PASSWORD);
  await caller.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(() => shownState(caller), { timeout: PATIENCE_MS }).toMatch(/agent/);

  await owner.getByRole('button', { name: 'Sign out' }).click();
  await owner.getByRole('heading', { name: 'Sign in' }).waitFor();
}, 120_000);
