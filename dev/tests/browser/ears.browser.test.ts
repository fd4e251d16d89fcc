import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import type { FixtureAgent } from './fixtures/fixture-agent.ts';
import type { Scene } from './fixtures/scene.ts';
import { openStage, PATIENCE_MS } from './fixtures/stage.ts';
import { watchErrors } from './support/console-errors.ts';
import { type SoundLevel, tapSound } from './support/page-sound.ts';
import { type ScriptedMicrophone, scriptMicrophone } from './support/scripted-microphone.ts';
import { shownState } from './support/shown-talk.ts';
import { watchFalls } from './support/speaker-falls.ts';

const isLong = process.env.PARLEY_TEST_LONG === '1';

/** The agent's tone is at about -15 dB; turned down it is below this. */
const DUCKED_DB = -40;
const FULL_DB = -25;

const SENTENCE = 'Wait, could you please stop for a moment?';
/** Until the sentence and the silence after it that ends a duck are over, in ms. */
const SENTENCE_AND_MORE_MS = 4_000;

/** Louder than -40 dB below full scale. */
const isAudible = (sample: number) => Math.abs(sample) > 328;

const stage = openStage();
let sentence: { readonly samples: Int16Array; readonly sampleRateHz: number };
let scene: Scene;
let context: BrowserContext;
let page: Page;
let microphone: ScriptedMicrophone;
let errors: readonly string[];

beforeAll(async () => {
  const speaker = createSentenceSpeaker();
  const spoken = await speaker.speak(SENTENCE);
  await speaker.close();
  const { samples } = spoken;
  sentence = { ...spoken, samples: samples.subarray(samples.findIndex(isAudible)) };
}, 60_000);

beforeEach(async () => {
  scene = await stage.setScene();
  context = await stage.browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  errors = watchErrors(page);
  microphone = await scriptMicrophone(page, {
    sentences: [sentence.samples],
    sampleRateHz: sentence.sampleRateHz,
  });
});

afterEach(async () => {
  await context.close();
  await scene.close();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const stateIs = (words: string) => expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);

/** A call whose agent speaks; `isInterruptible` until the test says otherwise. */
async function callWithSpeakingAgent({ isInterruptible }: { readonly isInterruptible: boolean }) {
  await page.goto(scene.server.url);
  await button('Start call').click();
  const agent = await scene.joinAgent();
  await stateIs('The agent is getting ready');
  const sound = await tapSound(page);
  await agent.setVoiceState({ isInterruptible, isHeld: false });
  await agent.setState('speaking');
  await stateIs('Speaking');
  await expect.poll(level(sound), { timeout: PATIENCE_MS }).toBeGreaterThan(FULL_DB);
  return { agent, sound };
}

type Tap = Awaited<ReturnType<typeof tapSound>>;

/** How loud the page is now, in dB below full scale. */
const level = (sound: Tap) => async () => (await sound.levels()).at(-1)?.levelDb ?? -100;

/** Says the sentence until the page, which may still load its ears, gives way to it. */
async function interrupt(sound: Tap): Promise<void> {
  await expect
    .poll(
      async () => {
        const saidAtMs = await microphone.say();
        await page.waitForTimeout(1_000);
        return lowest(await sound.levels(), saidAtMs);
      },
      { timeout: PATIENCE_MS },
    )
    .toBeLessThan(DUCKED_DB);
}

function lowest(levels: readonly SoundLevel[], sinceMs: number): number {
  return Math.min(...levels.filter(({ atMs }) => atMs > sinceMs).map(({ levelDb }) => levelDb));
}

const resume = async (agent: FixtureAgent) => {
  await agent.setVoiceState({ isInterruptible: true, isHeld: true });
  await agent.setVoiceState({ isInterruptible: true, isHeld: false });
};

it('turns the agent down while the caller speaks, and up again when the server goes on', async () => {
  const { agent, sound } = await callWithSpeakingAgent({ isInterruptible: true });
  await interrupt(sound);
  await resume(agent);
  await expect.poll(level(sound), { timeout: PATIENCE_MS }).toBeGreaterThan(FULL_DB);

  await agent.setVoiceState({ isInterruptible: false, isHeld: false });
  await page.waitForTimeout(500);
  const saidAtMs = await microphone.say();
  await page.waitForTimeout(SENTENCE_AND_MORE_MS);
  expect(lowest(await sound.levels(), saidAtMs)).toBeGreaterThan(FULL_DB);
  expect(errors).toEqual([]);
});

it('reminds a muted person who talks, and not one who is silent', async () => {
  const { sound } = await callWithSpeakingAgent({ isInterruptible: true });
  await interrupt(sound);
  await button('Mute').click();
  const reminder = page.getByText('You are talking while muted').first();
  await page.getByText('You are muted').first().waitFor();
  expect(await reminder.isVisible()).toBe(false);
  await microphone.say();
  await reminder.waitFor();
  await reminder.waitFor({ state: 'hidden' });
  expect(errors).toEqual([]);
});

it('loads nothing to hear with before a call, nor where it is switched off', async () => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.addInitScript(() => localStorage.setItem('parley.local-ears', 'off'));
  const { sound } = await callWithSpeakingAgent({ isInterruptible: true });
  const saidAtMs = await microphone.say();
  await page.waitForTimeout(SENTENCE_AND_MORE_MS);
  expect(lowest(await sound.levels(), saidAtMs)).toBeGreaterThan(FULL_DB);
  const earFiles = () => loaded.filter((path) => /vad-|hear-speech/.test(path));
  expect(earFiles()).toEqual([]);

  await button('Sound settings').click();
  await page.getByLabel('Turn the agent down at once when I speak').check();
  await interrupt(sound);
  expect(earFiles()).not.toEqual([]);
});

it('goes on without ears where they cannot be loaded, and says so once on the console', async () => {
  const warnings: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text());
  });
  await page.route('**/*.onnx', (route) => route.abort());
  const { sound } = await callWithSpeakingAgent({ isInterruptible: true });
  await expect
    .poll(() => warnings.filter((text) => text.includes('no local ears')), { timeout: PATIENCE_MS })
    .toHaveLength(1);
  await microphone.say();
  await page.waitForTimeout(1_000);
  expect(await level(sound)()).toBeGreaterThan(FULL_DB);
  await stateIs('Speaking');
  await button('End call').click();
  await button('Call again').click();
  await button('End call').waitFor();
  expect(warnings.filter((text) => text.includes('no local ears'))).toHaveLength(1);
});

it.runIf(isLong)(
  'reports how soon after the first sound of the caller the agent is down',
  async () => {
    const { agent, sound } = await callWithSpeakingAgent({ isInterruptible: true });
    await interrupt(sound);
    const watch = await watchFalls(page);
    const tookMs: number[] = [];
    for (let round = 0; round < 20; round++) {
      await agent.setState('listening');
      await page.waitForTimeout(SENTENCE_AND_MORE_MS);
      await agent.setState('speaking');
      await page.waitForTimeout(500 + 37 * round);
      const saidAtMs = await microphone.say();
      await page.waitForTimeout(700);
      const fellAtMs = (await watch.falls()).find((atMs) => atMs > saidAtMs);
      if (fellAtMs !== undefined) tookMs.push(Math.round(fellAtMs - saidAtMs));
    }
    tookMs.sort((one, other) => one - other);
    const share = (part: number) => tookMs[Math.floor(part * (tookMs.length - 1))];
    process.stdout.write(
      `down ${tookMs.length} of 20 times, after ${share(0.5)} ms (p50), ${share(0.95)} ms (p95), ${tookMs.at(-1)} ms (longest)\n`,
    );
    expect(tookMs).toHaveLength(20);
  },
  300_000,
);
