import { goalsOf, isMet } from './goals.ts';
import { STAGES, type StepFigures } from './step-figures.ts';

/** Rows for people: each figure by the number of callers, with its goal; what falls short has a mark. */
export function goalRows(steps: readonly StepFigures[]): readonly (readonly string[])[] {
  const [first] = steps;
  if (first === undefined) return [];
  const columns = steps.map((step) => goalsOf(step, first));
  const whats = [...new Set(columns.flatMap((met) => met.map(({ what }) => what)))];
  const rows = whats.map((what) => {
    const cells = columns.map((met) => met.find((one) => one.what === what));
    const goal = cells.find((cell) => cell !== undefined)?.goal;
    const shown = cells.map((cell) =>
      cell === undefined ? '' : `${cell.value ?? '-'}${isMet(cell) ? '' : ' !'}`,
    );
    return [what, `${goal}`, ...shown];
  });
  return [['figure (! falls short)', 'goal', ...steps.map(({ callers }) => `${callers} at once`)], ...rows];
}

/** Where the time of an answer went, p50 and p95, by the records of the calls. */
export function shareRows(steps: readonly StepFigures[]): readonly (readonly string[])[] {
  const shown = ({ p50, p95 }: { readonly p50: number | null; readonly p95: number | null }) =>
    `${p50 ?? '-'} / ${p95 ?? '-'}`;
  return [
    ['share of an answer, p50 / p95 ms', ...steps.map(({ callers }) => `${callers} at once`)],
    ...STAGES.map((name) => [name, ...steps.map(({ shares }) => shown(shares[name]))]),
    ['begun on a guess', ...steps.map(({ speculatedShare }) => `${speculatedShare ?? '-'}`)],
    ['the callers themselves are late', ...steps.map(({ callerLatenessMs }) => shown(callerLatenessMs))],
  ];
}
