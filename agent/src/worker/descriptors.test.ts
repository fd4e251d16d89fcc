import { expect, it } from 'vitest';
import { descriptorLimit, descriptorsNeeded } from './descriptors.ts';

it('reads the limit of open files, and knows what a full process needs', () => {
  const limits = (value: string) =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${value} 20000 files\n`;
  expect(descriptorLimit(limits('1024'))).toBe(1024);
  expect(descriptorLimit(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY);
  expect(descriptorLimit('something else')).toBeNull();
  expect(descriptorsNeeded(20)).toBe(1_200);
});
