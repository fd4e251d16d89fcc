import { callSummarySchema } from '@parley/contracts/call-record';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PAGE_CALLS, type RecordServer, startRecordServer } from './fixtures/record-server.ts';
import { recordedCall, spoken } from './fixtures/recorded-calls.ts';
import { seriousFaults } from './support/axe.ts';
import { type BuiltPage, buildClient } from './support/built-page.ts';
import { launchChromium } from './support/chromium.ts';
import { watchErrors } from './support/console-errors.ts';
import { HOSTILE, seenByPolicy, watchPolicy } from './support/hostile-texts.ts';
import { takeLooks } from './support/page-looks.ts';

/** Longer than anything here takes on a busy machine, in ms. */
const PATIENCE_MS = 15_000;
const MINUTE_MS = 60_000;

let built: BuiltPage;
let browser: Browser;
let server: RecordServer;
let context: BrowserContext;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  [built, browser] = await Promise.all([buildClient(), launchChromium({ microphone: { kind: 'granted' } })]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

beforeEach(async () => {
  const now = Date.now();
  server = await startRecordServer({
    folder: built.folder,
    calls: [
      recordedCall({ callId: 'RM_ada', createdAtMs: now - 10 * MINUTE_MS }),
      recordedCall({
        callId: 'RM_grace',
        caller: 'Grace Hopper',
        agent: 'night-shift',
        endReason: 'agent_failed',
        createdAtMs: now - 20 * MINUTE_MS,
        latency: { voiceToVoiceP50Ms: null, voiceToVoiceP95Ms: null, answers: 0 },
        turns: [],
      }),
    ],
  });
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  errors = watchErrors(page);
  await watchPolicy(page);
});

afterEach(async () => {
  await context.close();
  await server.close();
});

const callers = () =>
  page.locator('.calls-table tbody .row-link').evaluateAll((links) => links.map((link) => link.textContent));
const callersAre = (names: readonly string[]) =>
  expect.poll(callers, { timeout: PATIENCE_MS }).toEqual(names);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const choice = (name: string) => page.getByRole('combobox', { name, exact: true });
const search = () => page.getByRole('searchbox', { name: 'Search what was said' });
const slider = () => page.getByRole('slider', { name: 'Position in the recording' });
const litWords = () =>
  page.locator('.word[data-lit]').evaluateAll((words) => words.map((word) => word.textContent));
const words = (text: string) => page.locator('.word', { hasText: text });
const looksGood = async (name: string) => {
  expect(await takeLooks(page, name)).toEqual([]);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFaults(page)).toEqual([]);
  }
};

describe('the page of calls', () => {
  it('is reached from the talk, leads to a call, and back', async () => {
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Calls' }).click();
    await callersAre(['Ada Lovelace', 'Grace Hopper']);
    expect(await page.title()).toBe('Calls · Parley');
    expect(await page.getByRole('row', { name: /Ada Lovelace/ }).textContent()).toContain('708 ms');
    expect(await page.getByRole('row', { name: /Grace Hopper/ }).textContent()).toContain('not measured');
    await looksGood('calls');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('link', { name: 'Ada Lovelace' }).click();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/calls/RM_ada');
    await page.goBack();
    await callersAre(['Ada Lovelace', 'Grace Hopper']);
    await page.goBack();
    await button('Start call').waitFor();
    expect(errors).toEqual([]);
  });

  it('shows the calls that were asked for, and keeps what was asked in its address', async () => {
    await page.goto(`${server.url}/calls`);
    await callersAre(['Ada Lovelace', 'Grace Hopper']);
    await choice('Agent').selectOption('night-shift');
    await callersAre(['Grace Hopper']);
    await choice('Agent').selectOption('');
    await search().fill('tickets');
    await callersAre(['Ada Lovelace']);
    expect(await page.locator('mark').allTextContents()).toEqual(['tickets']);
    expect(new URL(page.url()).search).toBe('?q=tickets');

    await page.reload();
    await callersAre(['Ada Lovelace']);
    expect(await search().inputValue()).toBe('tickets');
    await choice('Ended because').selectOption('agent_failed');
    await page.getByText('No call fits').waitFor();
    await page.goBack();
    await callersAre(['Ada Lovelace']);
    await button('Clear all').click();
    await callersAre(['Ada Lovelace', 'Grace Hopper']);
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('link', { name: /Agent failed/ }).click();
    await callersAre(['Grace Hopper']);
    expect(errors).toEqual([]);
  });

  it('follows calls as they begin, change, end and are deleted', async () => {
    await page.goto(`${server.url}/calls`);
    await callersAre(['Ada Lovelace', 'Grace Hopper']);
    await expect.poll(server.listeners, { timeout: PATIENCE_MS }).toBe(1);
    const running = recordedCall({
      callId: 'RM_live',
      caller: null,
      state: 'waiting',
      createdAtMs: Date.now(),
      answeredAtMs: null,
      endedAtMs: null,
      durationMs: null,
      endReason: null,
      recording: 'pending',
      turnCount: 0,
    });
    const summary = callSummarySchema.parse(running);
    server.tell({ type: 'call.started', data: summary });
    await callersAre(['Nobody yet', 'Ada Lovelace', 'Grace Hopper']);
    const answeredAtMs = Date.now() - 65_000;
    server.tell({
      type: 'call.changed',
      data: { ...summary, state: 'active', caller: 'Katherine Johnson', answeredAtMs, turnCount: 3 },
    });
    await callersAre(['Katherine Johnson', 'Ada Lovelace', 'Grace Hopper']);
    const row = page.getByRole('row', { name: /Katherine Johnson/ });
    await expect.poll(() => row.textContent(), { timeout: PATIENCE_MS }).toMatch(/1:0\dIn progress/);
    server.tell({
      type: 'call.ended',
      data: {
        ...summary,
        caller: 'Katherine Johnson',
        state: 'ended',
        endReason: 'agent_ended',
        durationMs: 71_000,
      },
    });
    await expect.poll(() => row.textContent(), { timeout: PATIENCE_MS }).toContain('1:11Agent said goodbye');
    server.tell({ type: 'call.deleted', data: { callId: summary.callId } });
    await callersAre(['Ada Lovelace', 'Grace Hopper']);
    expect(errors).toEqual([]);
  });

  it('shows earlier calls page by page', async () => {
    for (let index = 0; index < PAGE_CALLS; index++)
      server.keep(
        recordedCall({ callId: `RM_${index}`, caller: `Caller ${index}`, createdAtMs: 1_000 + index }),
      );
    await page.goto(`${server.url}/calls`);
    await expect.poll(async () => (await callers()).length, { timeout: PATIENCE_MS }).toBe(PAGE_CALLS);
    await button('Show earlier calls').click();
    await expect.poll(async () => (await callers()).length, { timeout: PATIENCE_MS }).toBe(PAGE_CALLS + 2);
    expect((await callers()).at(-1)).toBe('Caller 0');
    expect(await button('Show earlier calls').count()).toBe(0);
  });

  it('says what is wrong and what to do, and what there is where there is nothing', async () => {
    server.failWith(500);
    await page.goto(`${server.url}/calls`);
    await page.getByText('The database is away.').waitFor();
    server.failWith(401);
    await button('Try again').click();
    await page.getByRole('heading', { name: 'This server asks for its access key' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    server.failWith(null);
    await page.goto(`${server.url}/calls/RM_nothing`);
    await page.getByText('There is no such call').waitFor();
    for (const callId of ['RM_ada', 'RM_grace'])
      await page.evaluate((id) => fetch(`/api/calls/${id}`, { method: 'DELETE' }), callId);
    await page.getByRole('link', { name: 'Calls', exact: true }).first().click();
    await page.getByRole('link', { name: 'Make the first call' }).waitFor();
  });
});

describe('the page of a call', () => {
  it('leads from a word to its sound, and from the sound to its word', async () => {
    await page.goto(`${server.url}/calls/RM_ada`);
    await words('workshop').click();
    await expect.poll(litWords, { timeout: PATIENCE_MS }).toContain('workshop');
    await button('Pause').click();
    const positionS = async () => Number(await slider().getAttribute('aria-valuenow'));
    expect(await positionS()).toBeGreaterThanOrEqual(9);

    const box = await slider().boundingBox();
    if (!box) throw new Error('the waveform is not shown');
    // "Saturdays?", from 6.6 to 7.0 s of 24.
    await page.mouse.click(box.x + (6.8 / 24) * box.width, box.y + box.height / 2);
    await expect.poll(litWords, { timeout: PATIENCE_MS }).toEqual(['Saturdays?']);
    await slider().focus();
    await page.keyboard.press('Home');
    await expect.poll(litWords, { timeout: PATIENCE_MS }).toEqual([]);
    await page.keyboard.press('ArrowRight');
    expect(await slider().getAttribute('aria-valuetext')).toBe('0:02 of 0:24');
    await expect.poll(litWords, { timeout: PATIENCE_MS }).toEqual(['front']);
    await page.getByRole('button', { name: 'Play from 0:16' }).click();
    await expect.poll(litWords, { timeout: PATIENCE_MS }).toContain('booked.');
    expect(errors).toEqual([]);
  });

  it('lights both sides where they talk at once, and plays on by itself', async () => {
    await page.goto(`${server.url}/calls/RM_ada`);
    const box = await slider().boundingBox();
    if (!box) throw new Error('the waveform is not shown');
    await page.mouse.click(box.x + (12.4 / 24) * box.width, box.y + box.height / 2);
    await expect.poll(litWords, { timeout: PATIENCE_MS }).toEqual(['ten', 'Thanks,']);
    await page.mouse.click(10, 10);
    await page.keyboard.press('Space');
    await expect.poll(litWords, { timeout: PATIENCE_MS }).toContain('tickets');
    await button('Pause').waitFor();
  });

  it('shows what was said, done and measured, and what was not', async () => {
    await page.goto(`${server.url}/calls/RM_ada`);
    await page.locator('.latency').first().waitFor();
    const transcript = page.locator('.timeline');
    expect(await transcript.ariaSnapshot()).toContain('not heard: to four, and on Sundays not at all.');
    await page.locator('.latency summary').first().click();
    await page.locator('.latency summary').nth(1).click();
    const [measured, partly] = await page.locator('.waterfall').allTextContents();
    expect(measured).toContain('Model204 ms');
    expect(measured).toContain('Transport74 ms');
    expect(partly).toContain('Model0 ms');
    expect(partly).toContain('Transportnot measured');
    expect(await page.locator('.latency').count()).toBe(2);
    await page.locator('.tool summary').click();
    expect(await page.locator('.tool').textContent()).toContain('"from": "10:00"');
    expect(await page.locator('.moment').allTextContents()).toEqual(['0:00Stepgreeting', '0:13Stepbooking']);
    expect(await page.locator('.cut-mark').count()).toBe(1);
    expect(await page.locator('.facts').nth(1).textContent()).toMatch(
      /No price known.*cartesia sonic-3148 characters, no price/,
    );
    const [journal] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Journal' }).click(),
    ]);
    expect(journal.suggestedFilename()).toBe('RM_ada.ndjson');
    await looksGood('call');
    expect(errors).toEqual([]);
  });

  it('follows a call that goes on, pauses its recording and ends it', async () => {
    const running = recordedCall({
      callId: 'RM_live',
      state: 'active',
      endReason: null,
      endedAtMs: null,
      durationMs: null,
      recording: 'pending',
      turns: [],
      moments: [],
      toolCalls: [],
    });
    server.keep(running);
    await page.goto(`${server.url}/calls/RM_live`);
    await page.getByText('Nothing was said yet.').waitFor();
    await expect.poll(server.listeners, { timeout: PATIENCE_MS }).toBe(1);
    const [, turn] = recordedCall({ callId: 'RM_other' }).turns;
    if (!turn) throw new Error('the recorded call has no turns');
    server.tell({ type: 'turn', data: { callId: running.callId, turn } });
    await words('Saturdays').waitFor();
    await button('Pause recording').click();
    server.keep({ ...running, moments: [{ atMs: 5_000, kind: 'recording_paused', label: '' }] });
    server.tell({ type: 'call.changed', data: callSummarySchema.parse(running) });
    await button('Go on recording').waitFor();
    expect(await button('Delete').count()).toBe(0);
    await button('End call').click();
    await button('End it now').click();
    const path = `/api/calls/${running.callId}`;
    await expect
      .poll(() => server.requests.filter((request) => request.startsWith('POST')), { timeout: PATIENCE_MS })
      .toEqual([`POST ${path}/recording`, `POST ${path}/end`]);
    const over = recordedCall({ callId: 'RM_live' });
    server.keep(over);
    server.tell({ type: 'call.ended', data: callSummarySchema.parse(over) });
    await slider().waitFor();
    expect(await page.locator('.said-turn').count()).toBe(5);
    expect(errors).toEqual([]);
  });

  it('is deleted once the person has said so twice', async () => {
    await page.goto(`${server.url}/calls/RM_ada`);
    await button('Delete').click();
    expect(await seriousFaults(page)).toEqual([]);
    await button('Keep it').click();
    expect(server.calls()).toHaveLength(2);
    await button('Delete').click();
    await button('Delete for good').click();
    await page.getByRole('heading', { name: 'The call was deleted' }).waitFor();
    expect(server.calls().map(({ callId }) => callId)).toEqual(['RM_grace']);
    await page.getByRole('link', { name: 'Back to calls' }).click();
    await callersAre(['Grace Hopper']);
  });

  it('shows hostile names, words, tools and moments as the texts that they are', async () => {
    const texts = HOSTILE.join(' ');
    const [, caller, agent] = recordedCall({ callId: 'RM_other' }).turns;
    if (caller?.role !== 'caller' || agent?.role !== 'agent')
      throw new Error('the recorded call has changed');
    server.keep(
      recordedCall({
        callId: 'RM_hostile',
        caller: HOSTILE[1],
        agent: HOSTILE[0],
        roomName: HOSTILE[2],
        tags: [HOSTILE[3]],
        turns: [
          { ...caller, ...spoken(texts, 4_600, 7_000) },
          { ...agent, ...spoken(texts, 8_000, 12_600), unheard: texts },
        ],
        toolCalls: [
          {
            toolCallId: 'tool-1',
            name: HOSTILE[4],
            argumentsJson: texts,
            resultJson: JSON.stringify({ texts }),
            outcome: 'failed',
            startedAtMs: 7_600,
            finishedAtMs: null,
          },
        ],
        moments: [{ atMs: 100, kind: 'node_entered', label: texts }],
      }),
    );
    await page.goto(`${server.url}/calls?q=${encodeURIComponent(HOSTILE[1])}`);
    await callersAre([HOSTILE[1]]);
    expect(await page.locator('mark').textContent()).toBe(HOSTILE[1]);
    await page.getByRole('link', { name: HOSTILE[1] }).click();
    await page.locator('.tool summary').click();
    const shown = async () => (await page.locator('main').textContent()) ?? '';
    for (const text of HOSTILE) expect(await shown()).toContain(text);
    expect(await page.locator('.said-words').first().textContent()).toBe(texts);
    expect(await page.title()).toBe(`${HOSTILE[1]} · Parley`);
    await page.reload();
    await page.locator('.said-words').first().waitFor();
    expect(await seenByPolicy(page)).toEqual([]);
    expect(await page.locator('script:not([src]), img[src="x"], iframe, form[action*="evil"]').count()).toBe(
      0,
    );
    expect(errors).toEqual([]);
  });
});
