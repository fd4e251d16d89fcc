import { expect, it } from 'vitest';
import { compareWaits } from './compare-waits.ts';
import { virtualWaits } from './virtual-waits.ts';

it('at an equal median gap the chosen ladder cuts into at most half of the pauses that silence alone cuts into', () => {
  const { chosen, ladders } = compareWaits(virtualWaits({ variants: 40, seed: 1 }));
  const setting = chosen.find(({ policy }) => policy === 'ladder')?.setting;
  const ladder = ladders.find((point) => point.setting === setting);
  expect(ladder?.silenceCutInRate).toBeGreaterThan(0);
  expect(ladder?.cutInRate).toBeLessThanOrEqual((ladder?.silenceCutInRate ?? 0) / 2);
}, 120_000);
