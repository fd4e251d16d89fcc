import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerRows } from '../providers/provider-rows.ts';
import { readPrices } from '../providers/read-prices.ts';
import { constantRows } from './constant-rows.ts';
import { DocsError } from './docs-error.ts';
import { constantsTable, settingsTable, shown } from './markdown-tables.ts';
import { EAR_PHASES, observePhases, REPLY_PHASES } from './observed-phases.ts';
import { phaseDiagram } from './phase-diagram.ts';
import { pricesTable, providerSettingsTable, providersTable, voicesTable } from './provider-tables.ts';
import { seededCalls } from './seeded-calls.ts';
import { settingRows } from './setting-rows.ts';

/** A page of docs/ whose marked places are made from the code. */
interface MadePage {
  readonly path: string;
  /** As it is in the folder. */
  readonly stored: string;
  /** As the code would have it. */
  readonly made: string;
}

const PAGES = ['docs/guide/turn-taking.md', 'docs/reference/agent-file.md', 'docs/reference/providers.md'];

/** In 500 calls every phase and every way between two is seen many times. */
const CALLS = 500;

/**
 * Fills the marked places of the pages: `<!-- made: NAME -->` and all up to `<!-- end -->`, and each number before
 * `<!--=NAME-->`, whose name is a constant or a setting (its default). Throws a `DocsError`.
 */
export function madePages(root: string): readonly MadePage[] {
  const constants = constantRows(root);
  const settings = settingRows(root);
  const { prices, file, fault } = readPrices(root, new Map());
  if (fault !== null) throw new DocsError('prices_faulty', `${file}: ${fault}`);
  const providers = providerRows(root, prices);
  const observed = observePhases(seededCalls(CALLS));
  const blocks = new Map([
    ['ear phases', phaseDiagram(EAR_PHASES, observed.ears)],
    ['reply phases', phaseDiagram(REPLY_PHASES, observed.replies)],
    ['settings', settingsTable(settings)],
    ['constants', constantsTable(constants)],
    ['providers', providersTable(providers)],
    ['voices', voicesTable(providers)],
    ['provider settings', providerSettingsTable(providers)],
    ['prices', pricesTable(prices)],
  ]);
  const numbers = new Map([
    ...constants.map(({ name, value }) => [name, value] as const),
    ...settings.flatMap(({ path, schema }) => numbersIn(path, schema.default)),
  ]);
  return PAGES.map((path) => {
    const stored = readFileSync(join(root, path), 'utf8');
    return { path, stored, made: fillNumbers(fillBlocks(stored, blocks, path), numbers, path) };
  });
}

function fillBlocks(page: string, blocks: ReadonlyMap<string, string>, path: string): string {
  return page.replace(
    /(<!-- made: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      return `${begin}\n${known(blocks, name, path)}\n\n${end}`;
    },
  );
}

/** A number in seconds ("5 s") or percent is filled from one in milliseconds or a share. */
function fillNumbers(page: string, numbers: ReadonlyMap<string, number>, path: string): string {
  return page.replace(/\d[\d,.]*( ?[^\d\s<]*)<!--=([\w.[\]-]+)-->/g, (_, unit: string, name: string) => {
    const value = known(numbers, name, path);
    const scale = unit === ' s' ? 0.001 : unit === ' %' ? 100 : 1;
    return `${shown(value * scale)}${unit}<!--=${name}-->`;
  });
}

/** The numbers of a default by their paths, for example `idle[0].afterMs`. */
function numbersIn(path: string, value: unknown): readonly (readonly [string, number])[] {
  if (typeof value === 'number') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((entry, index) => numbersIn(`${path}[${index}]`, entry));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(`${path}.${key}`, inner));
}

function known<T>(values: ReadonlyMap<string, T>, name: string, path: string): T {
  const value = values.get(name);
  if (value === undefined)
    throw new DocsError(
      'place_unknown',
      `${path} names "${name}". There are: ${[...values.keys()].join(', ')}.`,
    );
  return value;
}
