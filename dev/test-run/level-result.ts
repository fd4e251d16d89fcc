import { z } from 'zod';

/** How a level went. */
export interface LevelResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Whatever failed, by its file and full name, with the first line of why. */
  readonly failures: readonly Failure[];
  /** Whatever failed first and passed when its file ran once more, alone: a race that somebody has to find. */
  readonly unsteady: readonly Failure[];
}

interface Failure {
  /** Null for a level that failed as a whole. */
  readonly file: string | null;
  readonly test: string;
  readonly why: string;
}

/** As many files are looked at a second time; what breaks more of them is no race. */
const SECOND_LOOKS_AT_MOST = 2;

/** The files whose failures may be races, or none: a level that failed as a whole, or in many files, is broken. */
export function filesForSecondLook({ failures }: LevelResult): readonly string[] {
  const files = [...new Set(failures.map(({ file }) => file))];
  if (files.length > SECOND_LOOKS_AT_MOST) return [];
  return files.every((file) => file !== null) ? files : [];
}

/** A level whose failed files were run once more: what passed now is counted as passed, and named as unsteady. */
export function afterSecondLook(first: LevelResult, second: LevelResult): LevelResult {
  if (second.failed > 0) return first;
  const passed = first.passed + first.failed;
  return { passed, failed: 0, skipped: first.skipped, failures: [], unsteady: first.failures };
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
  const failures: Failure[] = testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0 && file.status === 'failed')
      return [{ file: file.name, test: file.name, why: firstLine(file.message) }];
    return failed.map(({ fullName, failureMessages }) => ({
      file: file.name,
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
    unsteady: [],
  };
}

/** A level that left no report: it crashed, or was stopped as stuck. */
export function missingReport(why: string): LevelResult {
  const failures = [{ file: null, test: 'the whole level', why }];
  return { passed: 0, failed: 1, skipped: 0, failures, unsteady: [] };
}

function brokenRun(exitCode: number | null): Failure {
  return {
    file: null,
    test: 'the run itself',
    why: `vitest ended with ${exitCode ?? 'a signal'}, though every test passed; see above`,
  };
}

function firstLine(message: string | undefined): string {
  return message?.split('\n', 1)[0]?.trim() || 'no reason given';
}
