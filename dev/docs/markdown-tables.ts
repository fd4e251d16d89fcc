import type { ConstantRow } from './constant-rows.ts';
import type { JsonSchema, SettingRow } from './setting-rows.ts';

/** Settings of an agent file, one a row. */
export function settingsTable(rows: readonly SettingRow[]): string {
  return table(
    ['setting', 'what it does', 'unit', 'range', 'default', 'source'],
    rows.map(({ path, schema, isRequired, meaning, source }) => [
      `\`${path}\``,
      meaning,
      unitOf(path, schema),
      rangeOf(schema),
      isRequired ? '**needed**' : defaultOf(schema.default),
      source,
    ]),
  );
}

/** Numbers of the engine, one a row. */
export function constantsTable(rows: readonly ConstantRow[]): string {
  return table(
    ['constant', 'what it is', 'value', 'unit', 'source'],
    rows.map(({ name, meaning, value, unit, source }) => [
      `\`${name}\``,
      meaning,
      shown(value),
      unit,
      source,
    ]),
  );
}

/** A number as the pages show it. */
export function shown(value: number): string {
  return value.toLocaleString('en-US');
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function unitOf(path: string, schema: JsonSchema): string {
  const kinds = [schema, ...(schema.anyOf ?? [])];
  if (schema.enum !== undefined) return 'choice';
  if (kinds.some(({ type }) => type === 'integer' || type === 'number')) {
    if (/(Ms|\.ms)$/.test(path)) return 'ms';
    if (/words$/i.test(path)) return 'words';
    if (/Usd$/.test(path)) return 'US dollars';
    return schema.type === 'number' ? 'probability' : 'count';
  }
  if (schema.type === 'boolean') return 'true or false';
  if (kinds.some(({ type }) => type === 'string'))
    return schema.anyOf === undefined ? 'text' : 'text, or a list';
  return schema.type === 'array' ? 'list' : 'keys';
}

/** What a value may be, in words. */
export function rangeOf(schema: JsonSchema): string {
  const choices = schema.enum ?? schema.items?.enum;
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  const parts = partsOf(schema).flatMap((part) => [
    ...between(part.minimum, part.maximum, ''),
    ...between(part.minItems, part.maxItems, ' entries'),
    ...between(part.minLength, part.maxLength, ' characters'),
    ...(part === schema ? [] : (part.enum ?? []).map((choice) => `\`${choice}\``)),
    ...(part.type === 'null' ? ['null'] : []),
    ...(part.pattern === undefined ? [] : [`\`${part.pattern}\``]),
  ]);
  return [...new Set(parts)].join(', ');
}

/** A schema with what it may be, its entries and what its names lead to; objects have rows of their own. */
function partsOf(schema: JsonSchema): readonly JsonSchema[] {
  const { anyOf = [], items, additionalProperties: named } = schema;
  const inner = [...anyOf, ...(items === undefined ? [] : [items]), ...(named ? [named] : [])];
  return [schema, ...inner.filter(({ properties }) => properties === undefined).flatMap(partsOf)];
}

function between(least: number | undefined, most: number | undefined, what: string): string[] {
  if (least === undefined && most === undefined) return [];
  if (most === undefined) return [`from ${shown(least ?? 0)}${what}`];
  return [least === undefined ? `up to ${shown(most)}${what}` : `${shown(least)} to ${shown(most)}${what}`];
}

/** A default as the pages show it; the keys of an object have defaults of their own. */
export function defaultOf(value: unknown): string {
  if (value === undefined || JSON.stringify(value) === '{}') return '';
  if (typeof value === 'number') return shown(value);
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'none';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
