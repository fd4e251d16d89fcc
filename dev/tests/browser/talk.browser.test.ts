import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { projectFolder } from '../../project-folder.ts';
import { buildStockClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { startPageServer } from './support/page-server.ts';
import { audibleMs, tapSound } from './support/page-sound.ts';
import { type ScriptedMicrophone, scriptMicrophone } from './support/scripted-microphone.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';
import { readStockClient } from './support/stock-client-page.ts';

/** Longer than a reply takes to begin and to be spoken on a busy machine, in ms. */
const PATIENCE_MS = 30_000;

/** What the caller says, each after the answer before it. */
const SPOKEN = [
  { text: 'When are you open?', understood: /open/i, answered: /nine to six/i },
  { text: 'Tell me a joke.', understood: /joke/i, answered: /two tired|The road|keep it together/ },
  { text: 'Goodbye.', understood: /goodbye/i, answered: /Ride safely/ },
] as const;

/** `PARLEY_PICTURES=1 npm test -- --level browser talk.browser` takes the README's picture anew. */
const PICTURE =
  process.env.PARLEY_PICTURES === '1' ? join(projectFolder(), 'docs/images/talk-page.png') : null;

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

it('talks with the example agent for three turns, heard and read in the page', async () => {
  const parley = await startParley();
  cleanUp.push(() => parley.stop());
  const { page, microphone } = await openWithMicrophone();
  const errors = watchErrors(page);
  const stateIs = (words: string) =>
    expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
  await page.goto(parley.url);
  await page.getByRole('button', { name: 'Start call', exact: true }).click();
  await stateIs('Speaking');
  const sound = await tapSound(page);
  const heardMs = async () => audibleMs(await sound.levels());

  for (const [turn, { understood, answered }] of SPOKEN.entries()) {
    const said = (speaker: string) => async () =>
      (await shownTalk(page))
        .filter((segment) => segment.speaker === speaker && segment.isFinal)
        .map((segment) => segment.text)
        .join(' ');
    await stateIs('Listening');
    // Not after the last turn: livekit-client complains of its channels when the agent ends the room.
    expect(errors).toEqual([]);
    const beforeMs = await heardMs();
    await microphone.say(turn);
    await expect
      .poll(said('you'), { timeout: PATIENCE_MS, message: `turn ${turn + 1} was heard` })
      .toMatch(understood);
    if (PICTURE && turn === 1) await takePicture(page, PICTURE);
    await expect
      .poll(said('agent'), { timeout: PATIENCE_MS, message: `turn ${turn + 1} was answered` })
      .toMatch(answered);
    expect(await heardMs(), `turn ${turn + 1} was audible`).toBeGreaterThan(beforeMs + 500);
  }

  await stateIs('The agent ended the call');
  // The page tells how long sound takes in it: without that no answer's wait from mouth to ear is known.
  const measured = (await journalLines(parley.dataDir)).filter(({ type }) => type === 'transportMeasured');
  expect(measured.length).toBeGreaterThan(0);
  console.info(
    `from the agent to the page's ear: ${measured.map(({ data }) => data?.toEarMs).join(', ')} ms`,
  );
}, 180_000);

/** All lines of the journals in a data folder. */
async function journalLines(
  dataDir: string,
): Promise<{ readonly type?: string; readonly data?: { readonly toEarMs?: number } }[]> {
  const files = (await readdir(dataDir, { recursive: true })).filter((name) => name.endsWith('.ndjson'));
  const texts = await Promise.all(files.map((name) => readFile(join(dataDir, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}

it('is shown right by LiveKit’s own hooks, unchanged, and answers what is typed by them', async () => {
  const parley = await startParley({ settings: { PARLEY_WORKER_PROCESSES: '2' } });
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
  const { page, microphone } = await openWithMicrophone();
  await page.goto(server.url);
  const shown = readStockClient(page);
  const seen = new Set<string>();
  const shows = (talk: RegExp) =>
    expect
      .poll(
        async () => {
          seen.add((await shown.agentState()) ?? '');
          return (await shown.lines()).map(({ speaker, text }) => `${speaker}: ${text}`).join('\n');
        },
        { timeout: PATIENCE_MS, interval: 50 },
      )
      .toMatch(talk);
  await page.getByRole('button', { name: 'Start' }).click();
  await shows(/^agent: Hello, this is Bluebell Bikes[\s\S]*What can I do for you/m);
  await expect.poll(shown.agentState, { timeout: PATIENCE_MS }).toBe('listening');
  await microphone.say();
  await shows(/^you: .*open[\s\S]*^agent: We are open Monday/im);
  expect([...seen]).toEqual(expect.arrayContaining(['listening', 'speaking']));
  expect(seen).not.toContain('failed');
  expect(await shown.agentSound()).toBe('there');

  await expect.poll(shown.agentState, { timeout: PATIENCE_MS }).toBe('listening');
  await shown.type('What are your prices?');
  await expect.poll(shown.chat, { timeout: PATIENCE_MS }).toEqual(['you: What are your prices?']);
  await expect
    .poll(async () => (await shown.lines()).at(-1), { timeout: PATIENCE_MS })
    .toMatchObject({ speaker: 'agent', text: expect.stringMatching(/puncture|repair/i) });

  // Its process dies in mid-answer: another goes on, and the hooks never see it fail.
  const before = (await shown.lines()).length;
  process.kill(agentProcessOf(parley), 'SIGKILL');
  await expect
    .poll(
      async () => {
        seen.add((await shown.agentState()) ?? '');
        return (await shown.lines()).length;
      },
      { timeout: PATIENCE_MS, interval: 50 },
    )
    .toBeGreaterThan(before);
  await expect.poll(shown.agentState, { timeout: PATIENCE_MS }).toBe('listening');
  expect(seen).not.toContain('failed');
}, 240_000);

/** A page whose microphone says a sentence of `SPOKEN` when told to, in a voice that is not the agent's. */
async function openWithMicrophone(): Promise<{
  readonly page: Page;
  readonly microphone: ScriptedMicrophone;
}> {
  const speaker = createSentenceSpeaker();
  cleanUp.push(() => speaker.close());
  const frames = await Promise.all(SPOKEN.map(({ text }) => speaker.speak(text)));
  const sampleRateHz = frames[0]?.sampleRateHz ?? 0;
  const browser = await launchChromium({ microphone: { kind: 'granted' } });
  cleanUp.push(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1_040, height: 780 }, deviceScaleFactor: 2 });
  const sentences = frames.map(({ samples }) => samples);
  return { page, microphone: await scriptMicrophone(page, { sentences, sampleRateHz }) };
}

/** Of the page as the agent answers. */
async function takePicture(page: Page, path: string): Promise<void> {
  const isAnswering = async () => {
    const last = (await shownTalk(page)).at(-1);
    return last?.speaker === 'agent' && !last.isFinal && last.text.length > 15;
  };
  await expect.poll(isAnswering, { timeout: PATIENCE_MS }).toBe(true);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path });
}

/** The process that has the only call, as its own log tells. */
function agentProcessOf(parley: Parley): number {
  const line = parley
    .logs()
    .split('\n')
    .findLast((text) => text.includes('call begun'));
  return Number(/"pid":(\d+)/.exec(line ?? '')?.[1]);
}
