import { expect, it } from 'vitest';
import { countReport, missingReport } from './level-result.ts';

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
    failures: [{ test: 'a.test.ts: hears', why: 'Error: no answer' }],
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
