import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Scene } from './fixtures/scene.ts';
import { openStage, PATIENCE_MS } from './fixtures/stage.ts';
import { buildStockClient } from './support/built-page.ts';
import { readStockClient } from './support/stock-client-page.ts';

const stage = openStage(buildStockClient);
let scene: Scene;
let page: Page;

beforeEach(async () => {
  scene = await stage.setScene();
  page = await stage.browser.newPage();
  await page.goto(scene.server.url);
});

afterEach(async () => {
  await page.close();
  await scene.close();
});

const poll = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: PATIENCE_MS });

it('shows the states and both transcripts of an agent that keeps to the room protocol', async () => {
  const shown = readStockClient(page);
  await page.getByRole('button', { name: 'Start' }).click();
  await poll(shown.agentState).toBe('connecting');
  const agent = await scene.joinAgent();
  await poll(shown.agentState).toBe('initializing');
  for (const state of ['listening', 'thinking', 'speaking'] as const) {
    await agent.setState(state);
    await poll(shown.agentState).toBe(state);
  }
  await poll(shown.agentSound).toBe('there');

  await agent.hear({ segmentId: 'u1', text: 'what are', isFinal: false });
  await agent.hear({ segmentId: 'u1', text: 'What are your hours?', isFinal: true });
  const answer = await agent.beginSentence('a1');
  await answer.add('We are open ');
  await answer.add('from nine.');
  await answer.end({ unheard: 'Monday to Friday.' });
  await poll(shown.lines).toEqual([
    { speaker: 'you', segment: 'u1', text: 'What are your hours?' },
    { speaker: 'agent', segment: 'a1', text: 'We are open from nine.' },
  ]);
});

it('fetches its token in the standard form', async () => {
  await poll(async () => scene.server.requests).toContain('POST /api/token');
});
