import { expect, it } from 'vitest';
import { compareWaits } from './compare-waits.ts';

it('at an equal median gap the ladder cuts into at most half of the pauses that silence alone cuts into', () => {
  const { chosen, silenceAtEqualGap } = compareWaits({ variants: 40, choiceSeed: 1, reportSeed: 1_000_001 });
  const ladder = chosen.find(({ policy }) => policy === 'ladder');
  expect(ladder?.cutInRate).toBeLessThanOrEqual(silenceAtEqualGap / 2);
}, 120_000);
