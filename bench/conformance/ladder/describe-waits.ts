import type { WaitComparison, WaitPoint } from './compare-waits.ts';

const HEAD = ['policy', 'setting', 'cut-ins', 'gap p50', 'gap p95'] as const;

/** What the settings were chosen by, as a table for a terminal. */
export function describeChoice({ sweep }: WaitComparison): string {
  return ['Settings on the talks of the choice:', ...table(HEAD, sweep.map(cells))].join('\n');
}

/** How the chosen ones did, as tables for a terminal. */
export function describeReport({ chosen, ladders }: WaitComparison): string {
  return [
    'The chosen ones on other talks:',
    ...table(HEAD, chosen.map(cells)),
    '',
    'The ladder on those talks, and silence alone at the same median gap:',
    ...table(
      [...HEAD, 'silence', 'of it'],
      ladders.map((point) => [
        ...cells(point),
        percent(point.silenceCutInRate),
        percent(point.silenceCutInRate === null ? null : point.cutInRate / point.silenceCutInRate),
      ]),
    ),
  ].join('\n');
}

function cells({ policy, setting, cutInRate, gapP50Ms, gapP95Ms }: WaitPoint): string[] {
  return [policy, String(setting), percent(cutInRate), `${gapP50Ms} ms`, `${gapP95Ms} ms`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, ...rows].map((row) =>
    row.map((cell, index) => (index === 0 ? cell.padEnd(14) : cell.padStart(9))).join(' '),
  );
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`;
}
