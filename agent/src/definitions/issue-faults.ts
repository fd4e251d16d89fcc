import type { z } from 'zod';
import type { ValueFault } from './definition-fault.ts';
import { knownKeysAt, nearestName } from './known-keys.ts';

type Issue = z.core.$ZodIssue;

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

interface Root {
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
}

/** Says what a schema found in the words of whoever wrote the file. */
export function issueFaults(
  issues: readonly Issue[],
  root: Root,
  above: readonly PropertyKey[] = [],
): readonly ValueFault[] {
  const mistyped = new Set(
    issues.flatMap(({ code, path }) => (code === 'invalid_type' ? [path.join('.')] : [])),
  );
  // Of what is no text it matters little that it is also too short for one.
  const isEcho = ({ code, path }: Issue) =>
    (code === 'too_small' || code === 'too_big') && mistyped.has(path.join('.'));
  return issues.filter((issue) => !isEcho(issue)).flatMap((issue) => faultsOf(issue, root, above));
}

function faultsOf(issue: Issue, root: Root, above: readonly PropertyKey[]): readonly ValueFault[] {
  const path = [...above, ...issue.path];
  const fault = (message: string, of: ValueFault['of'] = 'value', at = path): ValueFault => ({
    path: at.map((segment) => (typeof segment === 'number' ? segment : String(segment))),
    message,
    of,
  });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => fault(unknownKey(key, root.schema, path), 'key', [...path, key]));
    case 'invalid_union':
      return unionFaults(issue, root, path) ?? [fault(wrongType(unionTypes(issue), root.value, path))];
    case 'invalid_key':
      return issue.issues.map(({ message }) => fault(message, 'key'));
    case 'invalid_type':
      return [fault(wrongType([issue.expected], root.value, path))];
    case 'too_small':
      return [fault(tooSmall(issue))];
    case 'too_big':
      return [fault(tooBig(issue))];
    default:
      return [fault(issue.message)];
  }
}

function unknownKey(key: string, schema: z.core.$ZodType, path: readonly PropertyKey[]): string {
  const known = knownKeysAt(schema, path);
  const meant = nearestName(key, known);
  return meant === null
    ? `is not known here; known are: ${known.join(', ')}`
    : `is not known; did you mean "${meant}"?`;
}

/** Where the value is of the kind that one side wants, the faults of that side; else null. */
function unionFaults(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  root: Root,
  path: readonly PropertyKey[],
): readonly ValueFault[] | null {
  const meant = issue.errors.find((side) =>
    side.every(({ code, path: inner }) => code !== 'invalid_type' || inner.length > 0),
  );
  return meant === undefined ? null : issueFaults(meant, root, path);
}

function unionTypes(issue: Extract<Issue, { code: 'invalid_union' }>): readonly string[] {
  return issue.errors.flatMap((side) =>
    side.flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : [])),
  );
}

function wrongType(expected: readonly string[], root: unknown, path: readonly PropertyKey[]): string {
  const value = valueAt(root, path);
  if (path.length === 0)
    return `must hold one agent, as keys with values (name, title, greeting ...), not ${kindOf(value)}`;
  if (value === undefined) return 'is missing';
  const wanted = [...new Set(expected.map((type) => NOUNS[type] ?? type))].join(' or ');
  return value === null ? `is empty; it must be ${wanted}` : `must be ${wanted}, not ${kindOf(value)}`;
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>): string {
  if (issue.origin === 'string') return issue.minimum === 1 ? 'must not be empty' : `is too short`;
  if (issue.origin === 'array') return 'must hold at least one';
  return `must be at least ${issue.minimum}`;
}

function tooBig(issue: Extract<Issue, { code: 'too_big' }>): string {
  if (issue.origin === 'string') return `must have at most ${issue.maximum} characters`;
  if (issue.origin === 'array') return `must hold at most ${issue.maximum}`;
  return `must be at most ${issue.maximum}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    root,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return `the switch ${value}`;
  if (typeof value === 'number') return `the number ${value}`;
  return NOUNS[typeof value] ?? `a ${typeof value}`;
}
