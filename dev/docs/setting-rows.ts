import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentDefinitionSchema } from '@parley/contracts/agent-definition';
import { z } from 'zod';
import { type Constant, type Doc, docOf, readConstants } from './doc-comments.ts';
import { DocsError } from './docs-error.ts';

/** A setting of an agent file: what the schema holds of it and what its comment says. */
export interface SettingRow extends Doc {
  /** `[]` stands for an entry of a list, `<name>` for a name of the developer's own. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** As much of a JSON schema as those of an agent file hold. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const FILES = [
  'contracts/agent-definition.ts',
  'contracts/pipeline-settings.ts',
  'contracts/provider-choice.ts',
  'contracts/script.ts',
];

/** Throws a `DocsError` where a setting has no comment, or a number no source, or a comment says another number. */
export function settingRows(root: string): readonly SettingRow[] {
  const constants = new Map(
    FILES.flatMap((file) => readConstants(readFileSync(join(root, file), 'utf8'))).map((one) => [
      one.name,
      one,
    ]),
  );
  const shown = new Map<string, string>();
  const schema: JsonSchema = z.toJSONSchema(agentDefinitionSchema, { io: 'input' }) as JsonSchema;
  return rowsOf(schema, constants.get('agentDefinitionSchema'), '', '');

  /** `inside`: where within the constant the object stands. */
  function rowsOf(
    object: JsonSchema,
    constant: Constant | undefined,
    inside: string,
    outside: string,
  ): SettingRow[] {
    return Object.entries(object.properties ?? {}).flatMap(([key, property]) => {
      const place = `${inside}${key}`;
      const path = `${outside}${key}`;
      const member = constant?.members.find((one) => one.path === place);
      const named = constantIn(member?.code ?? '');
      const before = named === undefined ? undefined : shown.get(named.name);
      const comment = member?.comment || (named?.comment ?? '');
      const isRequired = object.required?.includes(key) ?? false;
      const row = { ...docOf(comment), path, schema: property, isRequired };
      checkComment(row);
      const { inner, suffix } = innerObject(property);
      if (inner === null) return [row];
      if (before !== undefined)
        return [{ ...row, meaning: `${row.meaning} Its keys are those of \`${before}\`.` }];
      const innerPath = `${path}${suffix}`;
      if (named !== undefined) shown.set(named.name, innerPath);
      return named === undefined
        ? [row, ...rowsOf(inner, constant, `${place}.`, `${innerPath}.`)]
        : [row, ...rowsOf(inner, named, '', `${innerPath}.`)];
    });
  }

  /** The last constant of an object that a piece of code names. */
  function constantIn(code: string): Constant | undefined {
    const named = [...code.matchAll(/\b\w+Schema\b/g)]
      .map(([name]) => constants.get(name))
      .findLast((one) => one !== undefined && isObject(one));
    if (named === undefined || named.members.length > 0) return named;
    const outer = constantIn(named.code);
    return outer === undefined ? undefined : { ...outer, comment: outer.comment || named.comment };
  }

  function isObject(one: Constant): boolean {
    return one.members.length > 0 || constantIn(one.code) !== undefined;
  }
}

/** The object that a setting is, or a list or a record holds. */
function innerObject(schema: JsonSchema): { readonly inner: JsonSchema | null; readonly suffix: string } {
  if (schema.properties !== undefined) return { inner: schema, suffix: '' };
  if (schema.items?.properties !== undefined) return { inner: schema.items, suffix: '[]' };
  const named = schema.additionalProperties;
  if (named !== undefined && named !== false && named.properties !== undefined)
    return { inner: named, suffix: '.<name>' };
  return { inner: null, suffix: '' };
}

function checkComment({ path, schema, meaning, bounds, source }: SettingRow): void {
  if (meaning === '')
    throw new DocsError('comment_missing', `${path} needs a comment in contracts/ that says what it does.`);
  const number = [schema, ...(schema.anyOf ?? [])].find(
    ({ type }) => type === 'number' || type === 'integer',
  );
  if (number === undefined) return;
  if (source === '')
    throw new DocsError(
      'comment_missing',
      `${path} needs a "Source:" of its numbers in its comment in contracts/.`,
    );
  const known = [number.minimum, number.maximum, schema.default].filter((value) => typeof value === 'number');
  const said = [...bounds.matchAll(/\d[\d,.]*(?=\D|$)/g)].map(([digits]) =>
    Number(digits.replace(/[.,]$/, '').replaceAll(',', '')),
  );
  const wrong = [
    ...said.filter((value) => !known.includes(value)),
    ...known.filter((value) => !said.includes(value)),
  ];
  if (wrong.length > 0)
    throw new DocsError(
      'comment_disagrees',
      `${path}: its comment and its schema in contracts/ disagree about ${wrong.join(', ')}.`,
    );
}
