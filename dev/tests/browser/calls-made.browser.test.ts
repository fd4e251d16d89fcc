import { afterEach, expect, it } from 'vitest';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import { startParley } from '../../parley/start-parley.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { takeLooks } from './support/page-looks.ts';
import { scriptMicrophone } from './support/scripted-microphone.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';

/** Longer than a reply takes to begin and to be spoken on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

it('finds a call that was just made in the history, hears it word by word, and deletes it', async () => {
  const parley = await startParley();
  cleanUp.push(() => parley.stop());
  const speaker = createSentenceSpeaker();
  cleanUp.push(() => speaker.close());
  const { samples, sampleRateHz } = await speaker.speak('When are you open?');
  const browser = await launchChromium({ microphone: { kind: 'granted' } });
  cleanUp.push(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const microphone = await scriptMicrophone(page, { sentences: [samples], sampleRateHz });
  const errors = watchErrors(page);
  const said = async (by: string) =>
    (await shownTalk(page)).filter(({ speaker: who, isFinal }) => who === by && isFinal).at(-1)?.text ?? '';

  await page.goto(parley.url);
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Listening');
  await microphone.say();
  await expect.poll(() => said('agent'), { timeout: PATIENCE_MS }).toMatch(/nine to six/);
  const toldInTalk = page.locator('.turn .latency summary');
  await expect.poll(() => toldInTalk.last().textContent(), { timeout: PATIENCE_MS }).toMatch(/\d (ms|s)/);
  await page.getByRole('link', { name: 'Calls' }).click();
  const row = page.locator('.calls-table tbody tr');
  await expect
    .poll(() => row.locator('.outcome').textContent(), { timeout: PATIENCE_MS })
    .toBe('In progress');
  await page.getByRole('link', { name: /^Talk/ }).click();
  await page.getByRole('button', { name: 'End call', exact: true }).click();
  await page.getByRole('link', { name: 'Calls' }).click();
  await expect
    .poll(() => row.locator('.outcome').textContent(), { timeout: PATIENCE_MS })
    .toBe('Caller hung up');

  await row.getByRole('link').click();
  const slider = page.getByRole('slider', { name: 'Position in the recording' });
  await slider.waitFor();
  const word = page.locator('.said-turn[data-role="agent"] .word', { hasText: 'nine' });
  await word.click();
  await expect.poll(() => word.getAttribute('data-lit'), { timeout: PATIENCE_MS }).toBe('true');
  expect(await page.locator('.said-turn .latency summary').textContent()).toMatch(/\d (ms|s)/);
  expect(await page.locator('.said-turn[data-role="caller"]').textContent()).toMatch(/open/i);
  expect(await takeLooks(page, 'call-made')).toEqual([]);

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByRole('heading', { name: 'The call was deleted' }).waitFor();
  await page.getByRole('link', { name: 'Back to calls' }).click();
  await page.getByText('No call yet').waitFor();
  expect(errors).toEqual([]);
}, 180_000);
