import { z } from 'zod';

/** How a level went. */
export interface LevelResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Whatever failed, by its file and full name, with the first line of why. */
  readonly failures: readonly { readonly test: string; readonly why: string }[];
}

/** The part of vitest's JSON report that is read here. */
const reportSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/**
 * Counts a report. A file that could not be loaded, or whose hooks failed, holds no failed test, and is one failure; so
 * is a run that ended badly with every test passed, as after an error that no test caught.
 */
export function countReport(json: string, exitCode: number | null): LevelResult {
  const { testResults } = reportSchema.parse(JSON.parse(json));
  const tests = testResults.flatMap((file) => file.assertionResults);
  const failures = testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0 && file.status === 'failed')
      return [{ test: file.name, why: firstLine(file.message) }];
    return failed.map(({ fullName, failureMessages }) => ({
      test: `${file.name}: ${fullName}`,
      why: firstLine(failureMessages?.[0]),
    }));
  });
  if (failures.length === 0 && exitCode !== 0) failures.push(brokenRun(exitCode));
  const count = (...statuses: string[]) => tests.filter(({ status }) => statuses.includes(status)).length;
  return {
    passed: count('passed'),
    failed: failures.length,
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
    failures,
  };
}

/** A level that left no report: it crashed, or was stopped as stuck. */
export function missingReport(why: string): LevelResult {
  return { passed: 0, failed: 1, skipped: 0, failures: [{ test: 'the whole level', why }] };
}

function brokenRun(exitCode: number | null) {
  return {
    test: 'the run itself',
    why: `vitest ended with ${exitCode ?? 'a signal'}, though every test passed; see above`,
  };
}

function firstLine(message: string | undefined): string {
  return message?.split('\n', 1)[0]?.trim() || 'no reason given';
}
