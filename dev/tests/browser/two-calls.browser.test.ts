import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { audibleMs, tapSound } from './support/page-sound.ts';
import { scriptMicrophone } from './support/scripted-microphone.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';

/** Longer than a greeting and an answer take on a busy machine, in ms. */
const PATIENCE_MS = 60_000;

/** All that a page may say from the death of its agent on: each of them with a way on. */
const NO_DEAD_END = [
  'The agent is coming back',
  'The agent is getting ready',
  'Listening',
  'Thinking',
  'Speaking',
];

let parley: Parley;
let browser: Browser;

beforeAll(async () => {
  [parley, browser] = await Promise.all([startParley(), launchChromium({ microphone: { kind: 'granted' } })]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
}, 60_000);

/** A page in a call with this agent, in a window of its own, whose person types. */
async function call(agent: string) {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors = watchErrors(page);
  await scriptMicrophone(page, { sentences: [], sampleRateHz: 16_000 });
  await page.goto(`${parley.url}/?agent=${agent}`);
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await stateIs(page, 'Speaking');
  const sound = await tapSound(page);
  return {
    page,
    errors,
    ask: async (text: string) => {
      await page.getByRole('textbox', { name: 'Message to the agent' }).fill(text);
      await page.keyboard.press('Enter');
    },
    agentSays: (words: RegExp) => expect.poll(() => agentText(page), { timeout: PATIENCE_MS }).toMatch(words),
    /** The agent's voice is heard for half a second more. */
    sounds: async () => {
      const before = audibleMs(await sound.levels());
      await expect
        .poll(async () => audibleMs(await sound.levels()), { timeout: PATIENCE_MS })
        .toBeGreaterThan(before + 500);
    },
  };
}

const stateIs = (page: Page, words: string) =>
  expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);

const agentText = async (page: Page) =>
  (await shownTalk(page))
    .filter(({ speaker }) => speaker === 'agent')
    .map(({ text }) => text)
    .join('\n');

/** Every state that the page shows from now on, and `no way out` where it has no button that ends the call. */
async function watchStates(page: Page): Promise<() => Promise<string[]>> {
  const seen = await page.evaluateHandle(() => {
    const states: string[] = [];
    const note = () => {
      const state = document.querySelector('h1')?.textContent ?? 'nothing';
      if (states.at(-1) !== state) states.push(state);
      const buttons = [...document.querySelectorAll<HTMLElement>('button:enabled')];
      if (!buttons.some(({ textContent }) => textContent.trim() === 'End call')) states.push('no way out');
    };
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return states;
  });
  return () => seen.jsonValue();
}

/** The processes in which calls were begun, as their own log tells. */
function callProcesses(): Set<number> {
  const begun = parley
    .logs()
    .split('\n')
    .filter((line) => line.includes('call begun'));
  return new Set(begun.flatMap((line) => Number(/"pid":(\d+)/.exec(line)?.[1] ?? [])));
}

it('carries two calls at once, each with its own agent, which come back when their process is killed', async () => {
  const [bikes, pizza] = await Promise.all([call('receptionist'), call('vesuvio-pizza')]);
  await Promise.all([bikes.agentSays(/Bluebell Bikes/), pizza.agentSays(/Vesuvio Pizza/)]);
  await Promise.all([stateIs(bikes.page, 'Listening'), stateIs(pizza.page, 'Listening')]);
  await Promise.all([bikes.ask('What are your prices?'), pizza.ask('What pizzas do you have?')]);
  await Promise.all([bikes.sounds(), pizza.sounds()]);
  await Promise.all([bikes.agentSays(/puncture|repair/i), pizza.agentSays(/Three pizzas/)]);
  expect(await agentText(bikes.page)).not.toMatch(/pizza/i);
  expect(await agentText(pizza.page)).not.toMatch(/bikes|puncture/i);

  const shown = await Promise.all([watchStates(bikes.page), watchStates(pizza.page)]);
  const doomed = callProcesses();
  expect(doomed.size).toBeGreaterThan(0);
  for (const pid of doomed) process.kill(pid, 'SIGKILL');
  const isBack = (states: () => Promise<string[]>) =>
    expect.poll(states, { timeout: PATIENCE_MS }).toContain('The agent is coming back');
  await Promise.all(shown.map(isBack));
  await Promise.all([stateIs(bikes.page, 'Listening'), stateIs(pizza.page, 'Listening')]);
  await Promise.all([bikes.ask('When are you open?'), pizza.ask('A mushroom pizza, please.')]);
  await Promise.all([bikes.agentSays(/nine to six/), pizza.agentSays(/One mushroom/)]);
  // Nothing was lost, so that nobody is asked to say it again.
  expect(await agentText(bikes.page)).not.toMatch(/the line dropped/);
  expect(await agentText(pizza.page)).not.toMatch(/You went quiet/);
  for (const states of shown) {
    const seen = await states();
    expect(seen.filter((state) => !NO_DEAD_END.includes(state))).toEqual([]);
  }
  expect([...bikes.errors, ...pizza.errors]).toEqual([]);
}, 180_000);
