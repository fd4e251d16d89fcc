import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import { startParley } from '../../parley/start-parley.ts';
import { buildStockClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { startPageServer } from './support/page-server.ts';
import { AUDIBLE_DB, type SoundLevel, tapSound } from './support/page-sound.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';
import { mixSpeech, type TimedSpeech, writeWav } from './support/spoken-wav.ts';
import { readStockClient } from './support/stock-client-page.ts';

/** Longer than a reply takes to begin and to be spoken on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

/**
 * What the caller says and when, in ms after the microphone opens: after the greeting, and each after the answer
 * before it, with room for a slow machine.
 */
const SPOKEN = [
  { atMs: 14_000, text: 'When are you open?', understood: /open/i, answered: /nine to six/i },
  {
    atMs: 28_000,
    text: 'Tell me a joke.',
    understood: /joke/i,
    answered: /two tired|The road|keep it together/,
  },
  { atMs: 41_000, text: 'Goodbye.', understood: /goodbye/i, answered: /Ride safely/ },
] as const;

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

it('talks with the example agent for three turns, heard and read in the page', async () => {
  const parley = await startParley();
  cleanUp.push(() => parley.stop());
  const page = await openWithMicrophone(await recordCaller());
  const errors = watchErrors(page);
  await page.goto(parley.url);
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Speaking');
  const sound = await tapSound(page);

  for (const [turn, { understood, answered }] of SPOKEN.entries()) {
    const said = (speaker: string) => async () =>
      (await shownTalk(page))
        .filter((segment) => segment.speaker === speaker && segment.isFinal)
        .map((segment) => segment.text)
        .join(' ');
    await expect
      .poll(said('you'), { timeout: PATIENCE_MS, message: `turn ${turn + 1} was heard` })
      .toMatch(understood);
    await expect
      .poll(said('agent'), { timeout: PATIENCE_MS, message: `turn ${turn + 1} was answered` })
      .toMatch(answered);
  }

  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('The agent ended the call');
  expect(countReplies(await sound.levels())).toBeGreaterThanOrEqual(SPOKEN.length + 1);
  expect(errors).toEqual([]);
}, 180_000);

it('is shown right by LiveKit’s own hooks, unchanged', async () => {
  const parley = await startParley();
  cleanUp.push(() => parley.stop());
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
  const page = await openWithMicrophone(await recordCaller());
  await page.goto(server.url);
  const shown = readStockClient(page);
  const seen = new Set<string>();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect
    .poll(
      async () => {
        seen.add((await shown.agentState()) ?? '');
        return (await shown.lines()).map(({ speaker, text }) => `${speaker}: ${text}`).join('\n');
      },
      { timeout: 2 * PATIENCE_MS, interval: 50 },
    )
    .toMatch(
      /^agent: Hello, this is Bluebell Bikes[\s\S]*^you: [\s\S]*open[\s\S]*^agent: We are open Monday/im,
    );
  expect([...seen]).toEqual(expect.arrayContaining(['listening', 'speaking']));
  expect(seen).not.toContain('failed');
  expect(await shown.agentSound()).toBe('there');
}, 180_000);

/** A WAV of all that the caller says, in a voice that is not the agent's. */
async function recordCaller(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-caller-'));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  const speaker = createSentenceSpeaker();
  try {
    const speeches: TimedSpeech[] = [];
    let sampleRateHz = 0;
    for (const { atMs, text } of SPOKEN) {
      const frame = await speaker.speak(text);
      sampleRateHz = frame.sampleRateHz;
      speeches.push({ atMs, samples: frame.samples });
    }
    const path = join(folder, 'caller.wav');
    await writeWav(path, mixSpeech({ speeches, sampleRateHz, durationMs: 60_000 }), sampleRateHz);
    return path;
  } finally {
    await speaker.close();
  }
}

async function openWithMicrophone(wavPath: string): Promise<Page> {
  const browser = await launchChromium({ microphone: { kind: 'granted', wavPath } });
  cleanUp.push(() => browser.close());
  return browser.newPage();
}

/** How often sound began after at least 1.5 s of silence: once a reply, as the agent's own pauses are shorter. */
function countReplies(levels: readonly SoundLevel[]): number {
  let replies = 0;
  let lastSoundAtMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, levelDb } of levels) {
    if (levelDb <= AUDIBLE_DB) continue;
    if (atMs - lastSoundAtMs > 1_500) replies += 1;
    lastSoundAtMs = atMs;
  }
  return replies;
}
