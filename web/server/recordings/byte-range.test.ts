import { describe, expect, it } from 'vitest';
import { readRange } from './byte-range.ts';

const part = (first: number, last: number) => ({ kind: 'part', first, last });
const whole = { kind: 'whole' };
const outside = { kind: 'outside' };

describe('a range of a file of 100 bytes', () => {
  it.each([
    ['bytes=0-', part(0, 99)],
    ['bytes=0-0', part(0, 0)],
    ['bytes=10-19', part(10, 19)],
    ['bytes=99-', part(99, 99)],
    ['bytes=90-1000', part(90, 99)],
    ['bytes=-1', part(99, 99)],
    ['bytes=-100', part(0, 99)],
    ['bytes=-5000', part(0, 99)],
    ['Bytes=0-1', part(0, 1)],
    ['bytes = 5 - 6', part(5, 6)],
    ['bytes=100-', outside],
    ['bytes=100-200', outside],
    ['bytes=-0', outside],
    ['bytes=99999999999999999999-', outside],
    [undefined, whole],
    ['', whole],
    ['bytes=', whole],
    ['bytes=-', whole],
    ['bytes=9-5', whole],
    ['bytes=a-b', whole],
    ['bytes=0x10-20', whole],
    ['bytes=1.5-2', whole],
    ['bytes=--5', whole],
    ['bytes=0-1,5-6', whole],
    ['seconds=0-1', whole],
  ])('%j', (header, range) => {
    expect(readRange(header, 100)).toEqual(range);
  });

  it('has none in an empty file', () => {
    expect(readRange('bytes=0-', 0)).toEqual(outside);
    expect(readRange('bytes=-1', 0)).toEqual(outside);
    expect(readRange(undefined, 0)).toEqual(whole);
  });
});
