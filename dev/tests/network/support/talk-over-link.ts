import type { AudioFrame } from '@parley/agent/audio/frame';
import { expect } from 'vitest';
import { AUDIBLE_DB, tapSound } from '../../browser/support/page-sound.ts';
import { shownState, shownTalk } from '../../browser/support/shown-talk.ts';
import type { CallerPage } from './caller-page.ts';

/** Longer than a call takes to connect in another way than the first, or an answer to come, on a busy machine, in ms. */
const PATIENCE_MS = 60_000;

/** What the caller says, and the answer to it, word for word. */
export interface Exchange {
  readonly speech: AudioFrame;
  readonly understood: RegExp;
  readonly answer: string;
}

/** A call that goes on. */
export interface TalkOverLink {
  /**
   * Says it, waits for the answer and hears it out. Resolves with the time between the caller's last sound and the first
   * of the answer at the caller's ear, in ms.
   */
  exchange(exchange: Exchange): Promise<number>;
  /** All that the agent said so far, as the page shows it. */
  agentWords(): Promise<string>;
  callerWords(): Promise<string>;
}

/** Calls the agent through the page and hears its greeting out. */
export async function callOverLink(
  { page, say }: CallerPage,
  { link, greeting }: { readonly link: string; readonly greeting: string },
): Promise<TalkOverLink> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Start call', exact: true }).click({ timeout: PATIENCE_MS });
  const words = async (speaker: string) =>
    (await shownTalk(page))
      .filter((segment) => segment.speaker === speaker)
      .map(({ text }) => text)
      .join(' ');
  const said: string[] = [greeting];
  const heardOut = async () => {
    const whole = said.join(' ');
    await expect.poll(() => words('agent'), { timeout: PATIENCE_MS }).toBe(whole);
    await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Listening');
  };
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toMatch(/Speaking|Listening/);
  const sound = await tapSound(page);
  await heardOut();
  return {
    async exchange({ speech, understood, answer }) {
      const spokenAtMs = await say(speech);
      await expect.poll(() => words('you'), { timeout: PATIENCE_MS }).toMatch(understood);
      said.push(answer);
      await heardOut();
      const levels = await sound.levels();
      const first = levels.find(({ atMs, levelDb }) => atMs > spokenAtMs && levelDb > AUDIBLE_DB);
      if (first === undefined) throw new Error('the answer was read and not heard');
      return first.atMs - spokenAtMs;
    },
    agentWords: () => words('agent'),
    callerWords: () => words('you'),
  };
}
