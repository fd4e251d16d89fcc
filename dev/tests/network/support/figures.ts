import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../../project-folder.ts';
import { formatTable } from '../../../terminal/table.ts';
import type { Outage } from './outage.ts';
import type { Exchange } from './talk-over-link.ts';

/** What a call over a bad network was like. */
export interface CellFigures {
  readonly name: string;
  readonly way: string;
  /** From the click to the end of the greeting, in ms. */
  readonly greetedMs: number;
  readonly exchanges: readonly Exchange[];
  readonly outage: Outage | null;
}

const FOLDER = join(projectFolder(), 'bench', 'network', 'results');

/** Keeps the figures of a run, in place of those of the run before, and resolves with a table of them. */
export async function keepFigures(cells: readonly CellFigures[], atEpochMs: number): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, loadAverages: loadavg() };
  const run = { at: new Date(atEpochMs).toISOString(), machine, cells };
  await writeFile(join(FOLDER, 'talk.json'), `${JSON.stringify(run, roundedMs, 2)}\n`);
  return formatTable([
    ['network', 'way', 'greeted after s', 'answer gaps ms', 'understood', 'outage said, over ms'],
    ...cells.map(({ name, way, greetedMs, exchanges, outage }) => [
      name,
      way,
      (greetedMs / 1_000).toFixed(1),
      exchanges.map(({ answerGapMs }) => Math.round(answerGapMs)).join(' '),
      `${exchanges.length} of ${exchanges.reduce((sum, { tries }) => sum + tries, 0)}`,
      outage === null ? '' : `${Math.round(outage.saidAfterMs)}, ${Math.round(outage.backAfterMs)}`,
    ]),
  ]);
}

function roundedMs(key: string, value: unknown): unknown {
  return typeof value === 'number' && key.endsWith('Ms') ? Math.round(value) : value;
}
