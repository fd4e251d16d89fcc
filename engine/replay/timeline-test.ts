import type { CallSettings } from '../call/settings.ts';
import { literal } from './literal.ts';
import type { TimelineRow } from './timeline.ts';

/** The source of a test that plays the rows and wants their commands again; it belongs into `engine/call/`. */
export function timelineTest(options: {
  /** The test's name: a sentence of behaviour. */
  readonly name: string;
  /** Where the rows come from, a line each. */
  readonly comment: readonly string[];
  readonly settings: CallSettings;
  readonly rows: readonly TimelineRow[];
}): string {
  const { name, comment, settings, rows } = options;
  return [
    `import { expect, it } from 'vitest';`,
    `import { playTimeline, type TimelineRow } from '../replay/timeline.ts';`,
    `import { testSettings } from './testing/call-settings.ts';`,
    '',
    ...comment.map((line) => `// ${line}`),
    `const settings = testSettings(${literal(settings)});`,
    '',
    '// biome-ignore format: a step a line',
    'const rows: readonly TimelineRow[] = [',
    ...rows.map((row) => `  ${literal(row)},`),
    '];',
    '',
    `it(${literal(name)}, () => {`,
    '  expect(playTimeline(settings, rows)).toEqual(rows);',
    '});',
    '',
  ].join('\n');
}
