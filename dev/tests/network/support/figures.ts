import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../../project-folder.ts';
import { formatTable } from '../../../terminal/table.ts';
import { CELLS } from './cells.ts';
import type { Outage } from './outage.ts';
import type { Exchange } from './talk-over-link.ts';

/** What a call over a bad network was like, and when. */
export interface CellFigures {
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly loadAverage1Min: number };
  readonly way: string;
  /** From the click to the end of the greeting, in ms; the greeting itself is about 8 s of it. */
  readonly greetedMs: number;
  readonly exchanges: readonly Exchange[];
  readonly outage: Outage | null;
}

const FOLDER = join(projectFolder(), 'bench', 'network', 'results');
const FILE = join(FOLDER, 'talk.json');

/** The machine that the figures are of; one that is busy makes them worse. */
export function describeMachine(): CellFigures['machine'] {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, loadAverage1Min: loadavg()[0] ?? 0 };
}

/** Keeps each cell's figures in place of its former ones, and resolves with a table of all. */
export async function keepFigures(fresh: readonly CellFigures[]): Promise<string> {
  const former = await readFile(FILE, 'utf8').then(
    (text) => JSON.parse(text) as CellFigures[],
    () => [],
  );
  const cells = CELLS.flatMap(({ name }) => {
    const found = [...fresh, ...former].find((cell) => cell.name === name);
    return found === undefined ? [] : [found];
  });
  await mkdir(FOLDER, { recursive: true });
  await writeFile(FILE, `${JSON.stringify(cells, roundedMs, 2)}\n`);
  return formatTable([
    ['network', 'way', 'greeted after s', 'answer gaps ms', 'understood', 'outage said, over ms', 'load'],
    ...cells.map(({ name, way, greetedMs, exchanges, outage, machine }) => [
      name,
      way,
      (greetedMs / 1_000).toFixed(1),
      exchanges.map(({ answerGapMs }) => Math.round(answerGapMs)).join(' '),
      `${exchanges.length} of ${exchanges.reduce((sum, { tries }) => sum + tries, 0)}`,
      outage === null ? '' : `${Math.round(outage.saidAfterMs)}, ${Math.round(outage.backAfterMs)}`,
      machine.loadAverage1Min.toFixed(1),
    ]),
  ]);
}

function roundedMs(key: string, value: unknown): unknown {
  return typeof value === 'number' && key.endsWith('Ms') ? Math.round(value) : value;
}
