import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { buildStockClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { startPageServer } from './support/page-server.ts';
import { shownTalk } from './support/shown-talk.ts';
import { mixSpeech, writeWav } from './support/spoken-wav.ts';
import { readStockClient } from './support/stock-client-page.ts';

/** Longer than a greeting and an answer take on a busy machine, in ms. */
const PATIENCE_MS = 60_000;

/** The caller asks this at once: the agent is not there before the sentence has begun. */
const QUESTION = { atMs: 100, text: 'When are you open?' };
const ANSWER = /nine to six/i;

let parley: Parley;
let wavFolder: string;
let wavPath: string;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  wavFolder = await mkdtemp(join(tmpdir(), 'parley-caller-'));
  wavPath = join(wavFolder, 'caller.wav');
  const speaker = createSentenceSpeaker();
  try {
    const { samples, sampleRateHz } = await speaker.speak(QUESTION.text);
    const speeches = [{ atMs: QUESTION.atMs, samples }];
    await writeWav(wavPath, mixSpeech({ speeches, sampleRateHz, durationMs: 60_000 }), sampleRateHz);
  } finally {
    await speaker.close();
  }
  parley = await startParley();
}, 120_000);

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

afterAll(async () => {
  await parley?.stop();
  await rm(wavFolder, { recursive: true, force: true });
}, 60_000);

async function openPage(): Promise<Page> {
  const browser = await launchChromium({ microphone: { kind: 'granted', wavPath } });
  cleanUp.push(() => browser.close());
  return browser.newPage();
}

const finals = async (page: Page, speaker: string) =>
  (await shownTalk(page))
    .filter((segment) => segment.speaker === speaker && segment.isFinal)
    .map(({ text }) => text);

/** The question was heard once, whole, and answered once, after the greeting. */
async function expectOneAnswer(page: Page): Promise<void> {
  await expect
    .poll(async () => (await finals(page, 'agent')).join('\n'), { timeout: PATIENCE_MS })
    .toMatch(ANSWER);
  const agent = await finals(page, 'agent');
  expect(agent[0]).toMatch(/Bluebell/);
  expect(agent.filter((text) => ANSWER.test(text))).toHaveLength(1);
  expect(await finals(page, 'you')).toEqual([expect.stringMatching(/open/i)]);
}

it('answers after its greeting what was asked in the first second after the click', async () => {
  const page = await openPage();
  const errors = watchErrors(page);
  await page.goto(parley.url);
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await expectOneAnswer(page);
  expect(errors).toEqual([]);
}, 120_000);

const itLong = it.runIf(process.env.PARLEY_TEST_LONG === '1');

itLong(
  'does so by PCM where the browser records nothing that the agent can decode',
  async () => {
    const page = await openPage();
    const errors = watchErrors(page);
    await page.addInitScript(() => {
      MediaRecorder.isTypeSupported = (type) => type.includes('mp4');
    });
    await page.goto(parley.url);
    await page.getByRole('button', { name: 'Start call', exact: true }).click();
    await expectOneAnswer(page);
    expect(errors).toEqual([]);
  },
  120_000,
);

itLong(
  'takes what LiveKit’s own hooks keep, unchanged',
  async () => {
    const built = await buildStockClient();
    cleanUp.push(() => built.remove());
    const server = await startPageServer({
      folder: built.folder,
      sfuPort: Number(new URL(parley.livekitUrl).port),
      routes: {
        'POST /api/token': async (body) => {
          const response = await fetch(`${parley.url}/api/token`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          });
          return { status: response.status, json: await response.json() };
        },
      },
    });
    cleanUp.push(() => server.close());
    const page = await openPage();
    await page.goto(server.url);
    const shown = readStockClient(page);
    await page.getByRole('button', { name: 'Start' }).click();
    const said = async (speaker: string) =>
      (await shown.lines()).filter((line) => line.speaker === speaker).map(({ text }) => text);
    await expect.poll(async () => (await said('agent')).join('\n'), { timeout: PATIENCE_MS }).toMatch(ANSWER);
    expect(await said('you')).toEqual([expect.stringMatching(/open/i)]);
    expect((await said('agent')).filter((text) => ANSWER.test(text))).toHaveLength(1);
  },
  120_000,
);
