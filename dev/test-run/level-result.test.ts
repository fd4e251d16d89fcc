import { describe, expect, it } from 'vitest';
import { afterSecondLook, countReport, filesForSecondLook, missingReport } from './level-result.ts';

const file = (
  name: string,
  status: string,
  tests: readonly [name: string, status: string][],
  message = '',
) => ({
  name,
  status,
  message,
  assertionResults: tests.map(([fullName, outcome]) => ({
    fullName,
    status: outcome,
    failureMessages: outcome === 'failed' ? ['Error: no answer\n    at x.ts'] : [],
  })),
});
const report = (...testResults: ReturnType<typeof file>[]) => JSON.stringify({ success: true, testResults });

it('counts what passed, failed and was skipped, and names what failed', () => {
  const json = report(
    file('a.test.ts', 'failed', [
      ['says hello', 'passed'],
      ['hears', 'failed'],
    ]),
    file('b.test.ts', 'passed', [
      ['waits', 'skipped'],
      ['ends', 'passed'],
    ]),
  );
  expect(countReport(json, 1)).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    failures: [{ file: 'a.test.ts', test: 'a.test.ts: hears', why: 'Error: no answer' }],
    unsteady: [],
  });
});

it('takes a file that does not load for a failure', () => {
  const json = report(
    file('a.test.ts', 'failed', [], 'Cannot find module\n  more'),
    file('b.test.ts', 'passed', [['x', 'passed']]),
  );
  expect(countReport(json, 1)).toMatchObject({
    passed: 1,
    failed: 1,
    failures: [{ test: 'a.test.ts', why: 'Cannot find module' }],
  });
});

it('takes an error that no test caught for a failure', () => {
  expect(countReport(report(file('a.test.ts', 'passed', [['x', 'passed']])), 1)).toMatchObject({
    passed: 1,
    failed: 1,
  });
  expect(countReport(report(file('a.test.ts', 'passed', [['x', 'passed']])), 0)).toMatchObject({
    passed: 1,
    failed: 0,
  });
});

it('takes a level without a report for a failure', () => {
  expect(missingReport('it was stuck')).toMatchObject({
    passed: 0,
    failed: 1,
    failures: [{ why: 'it was stuck' }],
  });
});

describe('the second look', () => {
  const failing = (...names: string[]) =>
    countReport(
      report(
        ...names.map((name) =>
          file(name, 'failed', [
            ['hears', 'failed'],
            ['ends', 'passed'],
          ]),
        ),
      ),
      1,
    );

  it('is for one file or two; more of them, or a whole level, are no race', () => {
    expect(filesForSecondLook(failing('a.test.ts'))).toEqual(['a.test.ts']);
    expect(filesForSecondLook(failing('a.test.ts', 'b.test.ts', 'c.test.ts'))).toEqual([]);
    expect(filesForSecondLook(missingReport('it was stuck'))).toEqual([]);
    expect(
      filesForSecondLook(countReport(report(file('a.test.ts', 'passed', [['x', 'passed']])), 0)),
    ).toEqual([]);
  });

  it('counts what passes then, and names it', () => {
    const steady = countReport(report(file('a.test.ts', 'passed', [['hears', 'passed']])), 0);
    expect(afterSecondLook(failing('a.test.ts'), steady)).toMatchObject({
      passed: 2,
      failed: 0,
      failures: [],
      unsteady: [{ test: 'a.test.ts: hears' }],
    });
  });

  it('leaves a failure that comes again a failure', () => {
    const first = failing('a.test.ts');
    expect(afterSecondLook(first, failing('a.test.ts'))).toEqual(first);
  });
});
