import type { WaitComparison, WaitPoint } from './compare-waits.ts';

/** The comparison as a table for a terminal, with what must be known to read it. */
export function describeWaits({ sweep, chosen, silenceAtEqualGap }: WaitComparison): string {
  const ladder = chosen.find(({ policy }) => policy === 'ladder');
  return [
    "The end-of-turn model's scores are SIMULATED from a stated error model (virtual/simulated-model.ts);",
    'the talks are virtual, and the providers quick, so that the wait decides.',
    '',
    'Settings on the seeds of the choice:',
    ...rows(sweep),
    '',
    'The chosen ones on other seeds:',
    ...rows(chosen),
    `silence alone at the ladder's median gap (${ladder?.gapP50Ms} ms): ${percent(silenceAtEqualGap)} cut-ins`,
  ].join('\n');
}

function rows(points: readonly WaitPoint[]): string[] {
  const head = ['policy', 'setting', 'cut-ins', 'gap p50', 'gap p95'];
  const body = points.map(({ policy, setting, cutInRate, gapP50Ms, gapP95Ms }) => [
    policy,
    String(setting),
    percent(cutInRate),
    `${gapP50Ms} ms`,
    `${gapP95Ms} ms`,
  ]);
  return [head, ...body].map((cells) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(14) : cell.padStart(9))).join(' '),
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
