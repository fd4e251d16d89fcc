import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { expect } from 'vitest';
import { AUDIBLE_DB, tapSound } from '../../browser/support/page-sound.ts';
import { shownState, shownTalk } from '../../browser/support/shown-talk.ts';
import type { CallerPage } from './caller-page.ts';
import { GREETING, type Line, NOT_UNDERSTOOD } from './script.ts';

/** Longer than a call takes to connect in another way than the first, or an answer to come, on a busy machine, in ms. */
export const PATIENCE_MS = 60_000;

/** How often a caller says the same before giving up, and how long it takes to say it again without an answer, in ms. */
const TRIES = 4;
const ANSWER_MS = 30_000;

/** One thing said until it was understood. */
export interface Exchange {
  readonly tries: number;
  /** From the caller's last sound to the first of the answer at the caller's ear, in ms. */
  readonly answerGapMs: number;
}

/** A call that goes on. */
export interface TalkOverLink {
  /**
   * Says it, hears the answer out, and says it again where it was not understood or got lost. Fails where the transcript of the agent
   * is not exactly what it had to say so far, each once and in order.
   */
  exchange(line: Line): Promise<Exchange>;
}

/** Calls the agent through the page and hears its greeting out. */
export async function callOverLink({ page, say }: CallerPage, link: string): Promise<TalkOverLink> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Start call', exact: true }).click({ timeout: PATIENCE_MS });
  const agentWords = async () =>
    (await shownTalk(page))
      .filter(({ speaker }) => speaker === 'agent')
      .map(({ text }) => text)
      .join(' ');
  /** Waits until the agent has said one of these after all before, and listens. */
  const heardOut = async (before: string, choices: readonly string[]): Promise<string> => {
    const wholes = choices.map((choice) => `${before} ${choice}`.trim());
    await expect.poll(agentWords, { timeout: PATIENCE_MS }).toBeOneOf(wholes);
    await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Listening');
    return agentWords();
  };
  /** Whether the agent says anything more within a while; a caller's words may be lost on their way. */
  const isAnswered = async (before: string): Promise<boolean> => {
    const clock = createMonotonicClock();
    while ((await agentWords()) === before) {
      if (clock.nowMs() > ANSWER_MS) return false;
      await delay(clock, 100);
    }
    return true;
  };
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toMatch(/Speaking|Listening/);
  const sound = await tapSound(page);
  let saidByAgent = await heardOut('', [GREETING]);
  return {
    async exchange({ speech, answer }) {
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const spokenAtMs = await say(speech);
        if (!(await isAnswered(saidByAgent))) continue;
        saidByAgent = await heardOut(saidByAgent, [answer, NOT_UNDERSTOOD]);
        const first = (await sound.levels()).find(
          ({ atMs, levelDb }) => atMs > spokenAtMs && levelDb > AUDIBLE_DB,
        );
        if (first === undefined) throw new Error('the answer was read and not heard');
        if (saidByAgent.endsWith(answer)) return { tries, answerGapMs: first.atMs - spokenAtMs };
      }
      throw new Error(`the agent did not understand in ${TRIES} tries`);
    },
  };
}
