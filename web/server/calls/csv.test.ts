import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvRow } from './csv.ts';

it('writes numbers, texts and what is absent', () => {
  expect(csvRow(['RM_1', 12, null, -3.5, ''])).toBe('RM_1,12,,-3.5,\r\n');
});

it('quotes what would break a row', () => {
  expect(csvRow(['a,b', 'say "hi"', 'two\nlines', 'a;b'])).toBe('"a,b","say ""hi""","two\nlines","a;b"\r\n');
});

it.each([
  '=1+1',
  '=cmd|"/C calc"!A0',
  '+49 30 123456',
  '-2+3',
  '@SUM(A1:A9)',
  '\t=1',
  '\r=1',
  ' =1',
  '\u200b=1',
  '\ufeff=1',
  '＝1+1',
  '|calc',
  '%0A=1',
])('makes text of the formula %j', (formula) => {
  const [cell = ''] = csvRow([formula]).split('\r\n');
  expect(cell.replace(/^"/, '')).toMatch(/^'/);
});

it('can be read back, and no cell begins a formula', () => {
  const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('=1', ',"', '\r\n', '"', '-', "'"));
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
      const row = csvRow(cells);
      const read = readRow(row);
      expect(read.map((text, at) => (text === `'${cells[at]}` ? cells[at] : text))).toEqual(cells);
      for (const text of read) expect(text).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});

/** By the grammar of RFC 4180: quoted cells and plain ones, each with a comma behind it. */
function readRow(row: string): string[] {
  const cells = `${row.slice(0, -2)},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*)),/gu);
  return [...cells].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}
