import { parseArgs } from 'node:util';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { projectFolder } from '../project-folder.ts';
import { type ProviderRow, providerRows } from '../providers/provider-rows.ts';
import { readPrices } from '../providers/read-prices.ts';
import type { Settings } from '../settings/layers.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { formatTable } from '../terminal/table.ts';

/**
 * `npm run providers [-- --json]`: every stage, provider and model that agent files may name, with the key that each needs
 * and whether it is set here. No key is printed.
 */
export async function providers(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const root = projectFolder();
  const environment = osEnvironment();
  const { settings } = await readProjectSettings({ root, flags: {}, environment, makesKeys: false });
  const { prices } = readPrices(root, settings);
  const rows = providerRows(root, prices);
  const text = values.json ? JSON.stringify(plainRows(rows, settings), null, 2) : table(rows, settings);
  process.stdout.write(`${text}\n`);
  return 0;
}

/** What a script reads: one entry a provider of a stage. */
function plainRows(rows: readonly ProviderRow[], settings: Settings) {
  return rows.map((row) => ({
    stage: row.stage,
    provider: row.provider,
    title: row.title,
    isEmbedded: row.isEmbedded,
    key: row.key === null ? null : { variable: row.key, isSet: settings.has(row.key) },
    baseUrl:
      row.baseUrl === null
        ? null
        : {
            variable: row.baseUrl.variable,
            usual: row.baseUrl.usual,
            inUse: settings.get(row.baseUrl.variable)?.value ?? row.baseUrl.usual,
          },
    models: row.models.map(({ name, withdrawnFor = null, note = null, hasPrice }, index) => ({
      name,
      isDefault: index === 0,
      withdrawnFor,
      note,
      hasPrice,
    })),
    voices: row.voices.map((voice, index) => ({ ...voice, isDefault: index === 0 })),
    settings: row.settings.map(({ path, meaning, bounds, schema }) => ({
      name: path,
      meaning: [meaning, bounds].filter((part) => part !== '').join(' '),
      default: schema.default ?? null,
    })),
  }));
}

function table(rows: readonly ProviderRow[], settings: Settings): string {
  const keyOf = ({ key }: ProviderRow) =>
    key === null ? 'none needed' : `${key}, ${settings.has(key) ? 'set' : 'not set'}`;
  return formatTable([
    ['stage', 'provider', 'key', 'models, the default first'],
    ...rows.map((row) => [
      row.stage,
      row.provider,
      keyOf(row),
      row.models.map(({ name }) => name).join(', '),
    ]),
  ]);
}
