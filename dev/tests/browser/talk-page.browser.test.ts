import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Scene } from './fixtures/scene.ts';
import { openStage, PATIENCE_MS } from './fixtures/stage.ts';
import { watchErrors } from './support/console-errors.ts';
import { takeLooks } from './support/page-looks.ts';
import { audibleMs, tapSound } from './support/page-sound.ts';
import { shownState, shownTalk } from './support/shown-talk.ts';

const stage = openStage();
let scene: Scene;
let context: BrowserContext;
let page: Page;
let errors: readonly string[];

beforeEach(async () => {
  scene = await stage.setScene();
  context = await stage.browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  errors = watchErrors(page);
  await page.goto(scene.server.url);
  await button('Start call').waitFor();
});

afterEach(async () => {
  await context.close();
  await scene.close();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const stateIs = (words: string) => expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe(words);
/** The agent comes, and the page has seen it: what it says before is not for this caller. */
const agentComes = async () => {
  const agent = await scene.joinAgent();
  await stateIs('The agent is getting ready');
  return agent;
};
const looksGood = async (name: string) => expect(await takeLooks(page, name)).toEqual([]);

describe('before the call', () => {
  it('asks for nothing until the button is pressed, and says what runs', async () => {
    await expect.poll(() => page.locator('footer').textContent()).toContain('speaks with flite');
    expect([...scene.server.requests].sort()).toEqual(['GET /api/agents', 'GET /api/health']);
    await looksGood('idle');
    expect(errors).toEqual([]);
  });
});

describe('in a call', () => {
  it('goes from the click through waiting, listening, thinking and speaking to the end', async () => {
    await button('Start call').click();
    await stateIs('Waiting for the agent');
    await page.getByText('You can start talking.').first().waitFor();
    await looksGood('waiting');

    const agent = await agentComes();
    const sound = await tapSound(page);
    await agent.setState('listening');
    await stateIs('Listening');
    await looksGood('listening-first');
    await agent.setState('thinking');
    await stateIs('Thinking');
    await agent.setState('speaking');
    await stateIs('Speaking');
    await expect
      .poll(async () => audibleMs(await sound.levels()), { timeout: PATIENCE_MS })
      .toBeGreaterThan(300);

    await button('End call').click();
    await stateIs('Call ended');
    await looksGood('ended');
    await expect.poll(() => button('Call again').isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('shows both sides as they are heard, interim and final, and marks what was cut', async () => {
    await button('Start call').click();
    const agent = await agentComes();
    await agent.setState('speaking');
    const greeting = await agent.beginSentence('a1');
    await greeting.add('Hello, this is ');
    await expect
      .poll(() => shownTalk(page), { timeout: PATIENCE_MS })
      .toEqual([
        { speaker: 'agent', text: 'Hello, this is', unheard: '', isFinal: false, isInterrupted: false },
      ]);
    await greeting.add('the front desk. ');
    await greeting.end();
    await agent.setState('listening');
    await agent.hear({ segmentId: 'u1', text: 'what are your', isFinal: false });
    await agent.hear({ segmentId: 'u1', text: 'What are your opening hours?', isFinal: true });
    await agent.setState('speaking');
    const answer = await agent.beginSentence('a2');
    await answer.add('We are open from nine to five, ');
    await answer.add('Monday to ');
    await answer.end({ unheard: 'Friday, and on Saturdays to four.' });
    await agent.setState('listening');
    await agent.hear({ segmentId: 'u2', text: 'and on satur', isFinal: false });
    await expect
      .poll(() => shownTalk(page), { timeout: PATIENCE_MS })
      .toEqual([
        {
          speaker: 'agent',
          text: 'Hello, this is the front desk.',
          unheard: '',
          isFinal: true,
          isInterrupted: false,
        },
        {
          speaker: 'you',
          text: 'What are your opening hours?',
          unheard: '',
          isFinal: true,
          isInterrupted: false,
        },
        {
          speaker: 'agent',
          text: 'We are open from nine to five, Monday to',
          unheard: 'Friday, and on Saturdays to four.',
          isFinal: true,
          isInterrupted: true,
        },
        { speaker: 'you', text: 'and on satur', unheard: '', isFinal: false, isInterrupted: false },
      ]);
    expect(await page.getByRole('log').ariaSnapshot()).toContain(
      'not heard: Friday, and on Saturdays to four.',
    );
    await looksGood('talk');
    expect(errors).toEqual([]);
  });

  it('tells under an answer how long it took, and where the time went', async () => {
    await button('Start call').click();
    const agent = await agentComes();
    const answer = await agent.beginSentence('reply-1');
    await answer.add('We are open from nine to six.');
    await agent.tellLatency({
      replyId: 'reply-1',
      endOfTurnMs: 312,
      sttFinalMs: 188,
      llmFirstTokenMs: 0,
      ttsFirstByteMs: 96,
      playoutMs: 22,
      transportMs: null,
      voiceToVoiceMs: null,
      isSpeculated: true,
    });
    await answer.end();
    const latency = page.locator('.turn .latency');
    await latency.waitFor();
    expect(await latency.locator('summary').textContent()).toBe('Answered after at least 430 msbegun early');
    await latency.locator('summary').click();
    expect(await latency.textContent()).toContain('Transportnot measured');
    expect(await latency.textContent()).toContain('Model0 ms');
    await looksGood('latency');
    expect(errors).toEqual([]);
  });

  it('tells screen readers final words only', async () => {
    await button('Start call').click();
    const agent = await agentComes();
    await agent.hear({ segmentId: 'u1', text: 'hello', isFinal: false });
    await expect.poll(async () => (await shownTalk(page)).length, { timeout: PATIENCE_MS }).toBe(1);
    expect(await page.getByRole('log').ariaSnapshot()).not.toContain('hello');
    await agent.hear({ segmentId: 'u1', text: 'Hello there.', isFinal: true });
    await expect
      .poll(() => page.getByRole('log').ariaSnapshot(), { timeout: PATIENCE_MS })
      .toContain('Hello there.');
  });

  it('sends what is typed, shows it at once and in its place, and keeps it for an agent that is yet to come', async () => {
    await button('Start call').click();
    await stateIs('Waiting for the agent');
    const field = page.getByRole('textbox', { name: 'Message to the agent' });
    await field.fill('Is anybody there?');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByText('Waits for the agent').isVisible()).toBe(true);
    const agent = await agentComes();
    await agent.setState('listening');
    await expect.poll(() => agent.typed, { timeout: PATIENCE_MS }).toEqual(['Is anybody there?']);
    await agent.hear({ segmentId: 'u1', text: 'Hello?', isFinal: true });
    await expect.poll(async () => (await shownTalk(page)).length, { timeout: PATIENCE_MS }).toBe(2);
    await field.fill('Two tickets, please.');
    await button('Send').click();
    const answer = await agent.beginSentence('a1');
    await answer.add('For which day?');
    await answer.end();
    const lines = async () => (await shownTalk(page)).map(({ speaker, text }) => `${speaker}: ${text}`);
    await expect
      .poll(lines, { timeout: PATIENCE_MS })
      .toEqual([
        'you: Is anybody there?',
        'you: Hello?',
        'you: Two tickets, please.',
        'agent: For which day?',
      ]);
    expect(agent.typed).toEqual(['Is anybody there?', 'Two tickets, please.']);
    expect(errors).toEqual([]);
  });

  it('says that the agent is coming back when it drops out, and goes on when it has', async () => {
    await button('Start call').click();
    const first = await agentComes();
    await first.setState('speaking');
    const cut = await first.beginSentence('a1');
    await cut.add('We are open ');
    await expect.poll(async () => (await shownTalk(page)).length, { timeout: PATIENCE_MS }).toBe(1);
    await first.leave();
    await stateIs('The agent is coming back');
    expect(await shownTalk(page)).toEqual([
      { speaker: 'agent', text: 'We are open', unheard: '', isFinal: true, isInterrupted: true },
    ]);
    await looksGood('agent-lost');
    const second = await scene.joinAgent();
    await second.setState('listening');
    await stateIs('Listening');
  });

  it('says so while its own connection is lost, and goes on in the same call', async () => {
    await button('Start call').click();
    const agent = await agentComes();
    await agent.setState('listening');
    await stateIs('Listening');
    scene.server.cutSignal();
    await stateIs('Reconnecting');
    await looksGood('reconnecting');
    scene.server.restoreSignal();
    await stateIs('Listening');
    await agent.hear({ segmentId: 'u1', text: 'Still here.', isFinal: true });
    await expect.poll(async () => (await shownTalk(page)).length, { timeout: PATIENCE_MS }).toBe(1);
    expect(scene.server.requests.filter((request) => request === 'POST /api/token')).toHaveLength(1);
  }, 60_000);

  it('says why when the agent ends the call, and can call again', async () => {
    await button('Start call').click();
    const agent = await agentComes();
    await agent.setState('listening');
    await stateIs('Listening');
    const titles = await page.evaluateHandle(() => {
      const seen: string[] = [];
      const heading = document.querySelector('h1');
      if (heading) {
        new MutationObserver(() => seen.push(heading.textContent)).observe(heading, {
          subtree: true,
          childList: true,
          characterData: true,
        });
      }
      return seen;
    });
    await scene.deleteRoom();
    await stateIs('The agent ended the call');
    expect(await titles.jsonValue()).toEqual(['The agent ended the call']);
    await button('Call again').click();
    await stateIs('Waiting for the agent');
  });
});
