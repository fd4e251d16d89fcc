import { expect } from 'vitest';
import type { Simulators } from '../start-simulators.ts';

/** Nothing is open at a vendor once what ends now has ended. */
export async function expectNothingOpen({ log }: Pick<Simulators, 'log'>): Promise<void> {
  await expect.poll(() => log.openCount, { timeout: 2_000 }).toBe(0);
}
