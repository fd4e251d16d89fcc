import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { expect } from 'vitest';
import { shownState } from '../../browser/support/shown-talk.ts';
import type { NetworkScene, SceneCall } from './network-scene.ts';
import { PATIENCE_MS } from './talk-over-link.ts';

/** Shorter than the agent waits for a caller who dropped out (20 s), longer than livekit-client takes to notice. */
export const OUTAGE_MS = 15_000;

/** What an outage was like for the person at the page. */
export interface Outage {
  /** Until the page said so, in ms. */
  readonly saidAfterMs: number;
  /** From the link's return until the page listened again, in ms. */
  readonly backAfterMs: number;
}

/** Takes the link away for a while. Fails where the page does not say so meanwhile, or does not come back. */
export async function sufferOutage(scene: NetworkScene, { page }: SceneCall): Promise<Outage> {
  await scene.become({ block: 'everything' });
  const clock = createMonotonicClock();
  await expect.poll(() => shownState(page), { timeout: OUTAGE_MS }).toBe('Reconnecting');
  const saidAfterMs = clock.nowMs();
  await delay(clock, OUTAGE_MS - saidAfterMs);
  expect(await shownState(page)).toBe('Reconnecting');
  await scene.become({});
  const backAtMs = clock.nowMs();
  await expect.poll(() => shownState(page), { timeout: PATIENCE_MS }).toBe('Listening');
  return { saidAfterMs, backAfterMs: clock.nowMs() - backAtMs };
}
