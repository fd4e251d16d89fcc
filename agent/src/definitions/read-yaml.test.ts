import { describe, expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';

const faultsOf = (text: string) => {
  const read = readYaml('a.yaml', text);
  return read.kind === 'faulty' ? read.faults.map(({ line, message }) => `${line} ${message}`) : [];
};
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe('a file of YAML', () => {
  it('may use anchors, after they were set', () => {
    expect(readYaml('a.yaml', 'a: &one [1]\nb: &two {c: 2}\nd: [*one, *two]')).toMatchObject({
      kind: 'read',
      value: { a: [1], b: { c: 2 }, d: [[1], { c: 2 }] },
    });
    expect(faultsOf('a: *one\nb: &one 1')).toEqual([expect.stringMatching(/^1 "\*one" stands for nothing/)]);
  });

  it('has a key once in each map', () => {
    expect(faultsOf('a: {c: 1}\nb:\n  c: 1\n  c: 2')).toEqual(['4 has the key "c" twice; a key stands once']);
  });

  // The process that reads it has calls to carry: work that grows with the square of a file would hold them all up.
  it.each([
    ['keys', lines(20_000, (index) => `k${index}: 1`), 0],
    ['faults', lines(5_000, (index) => `k${index}: "\\q"`), 51],
    ['lost aliases', `a:\n${lines(5_000, () => '  - *b')}`, 51],
    ['aliases', `a: &a 1\nb:\n${lines(5_000, () => '  - *a')}`, 1],
  ])('is read to its end at once, with however many %s', (_what, text, faultCount) => {
    expect(faultsOf(text)).toHaveLength(faultCount);
  });
});
