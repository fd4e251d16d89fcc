import type { PriceTable } from '@parley/engine/cost/price-table';
import type { ProviderRow } from '../providers/provider-rows.ts';
import { defaultOf, rangeOf, table } from './markdown-tables.ts';

const code = (text: string) => `\`${text}\``;

/** Who may fulfil a stage, one a row. */
export function providersTable(rows: readonly ProviderRow[]): string {
  return table(
    ['stage', 'provider', 'who', 'key', 'address', 'models, the default first'],
    rows.map((row) => [
      code(row.stage),
      code(row.provider),
      row.title,
      row.key === null ? 'none' : code(row.key),
      addressOf(row),
      row.isEmbedded ? 'none to choose' : row.models.map(modelWords).join('; '),
    ]),
  );
}

/** The voices that have a name, one provider a row. */
export function voicesTable(rows: readonly ProviderRow[]): string {
  return table(
    ['provider', 'voices, the default first'],
    rows
      .filter(({ voices }) => voices.length > 0)
      .map(({ provider, voices }) => [code(provider), voices.map(({ name }) => code(name)).join(', ')]),
  );
}

/** What a provider may be given under `settings`, one setting a row. */
export function providerSettingsTable(rows: readonly ProviderRow[]): string {
  return table(
    ['stage', 'provider', 'setting', 'what it does', 'range', 'default', 'source'],
    rows.flatMap(({ stage, provider, settings }) =>
      settings.map(({ path, schema, isRequired, meaning, source }) => [
        code(stage),
        code(provider),
        code(path),
        meaning,
        rangeOf(schema),
        isRequired ? '**needed**' : defaultOf(schema.default),
        source,
      ]),
    ),
  );
}

/** What models cost, one a row. */
export function pricesTable({ stt, llm, tts }: PriceTable): string {
  const row = <Price extends { readonly asOf?: string | undefined; readonly source?: string | undefined }>(
    stage: string,
    models: Readonly<Record<string, Readonly<Record<string, Price>>>>,
    words: (price: Price) => string,
  ) =>
    Object.entries(models).flatMap(([provider, prices]) =>
      Object.entries(prices).map(([model, price]) => [
        code(stage),
        code(provider),
        model === '*' ? 'every other' : code(model),
        words(price),
        price.asOf ?? '',
        price.source ?? '',
      ]),
    );
  return table(
    ['stage', 'provider', 'model', 'US dollars', 'as of', 'source'],
    [
      ...row('stt', stt, ({ perAudioMinute }) => `${dollars(perAudioMinute)} a minute of sound`),
      ...row('llm', llm, (price) => {
        const { perMillionInputTokens, perMillionCachedInputTokens, perMillionOutputTokens } = price;
        const cached =
          perMillionCachedInputTokens === undefined
            ? ''
            : ` (${dollars(perMillionCachedInputTokens)} cached)`;
        return `${dollars(perMillionInputTokens)}${cached} in, ${dollars(perMillionOutputTokens)} out, a million tokens`;
      }),
      ...row('tts', tts, (price) => `${dollars(price.perMillionCharacters)} a million characters`),
    ],
  );
}

function dollars(usd: number): string {
  return usd.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function addressOf({ baseUrl }: ProviderRow): string {
  if (baseUrl === null) return '';
  return baseUrl.usual === '' ? code(baseUrl.variable) : `${baseUrl.usual}, or ${code(baseUrl.variable)}`;
}

function modelWords({ name, withdrawnFor, note }: ProviderRow['models'][number]): string {
  const notes = [
    ...(withdrawnFor === undefined ? [] : [`withdrawn: take ${code(withdrawnFor)}`]),
    ...(note === undefined ? [] : [note.replace(/\.$/, '')]),
  ];
  return notes.length === 0 ? code(name) : `${code(name)} (${notes.join('; ')})`;
}
