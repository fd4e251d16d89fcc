/** Why a value cannot be handed from one thread to another as plain data. */
export interface NotPlain {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** More parts than the largest agent has; what is shared is counted wherever it stands. */
const MOST_PARTS = 200_000;

/**
 * Copies what JSON could hold: text, numbers, true, false, null, lists and plain objects. Keys without a value are
 * left out. Whatever else there is is named in `faults`, each with its path. Throws what a getter throws, and an Error
 * where there is far too much.
 */
export function plainData(value: unknown): { readonly value: unknown; readonly faults: readonly NotPlain[] } {
  const faults: NotPlain[] = [];
  const around = new Set<unknown>();
  let partCount = 0;
  const copy = (part: unknown, path: NotPlain['path']): unknown => {
    partCount += 1;
    if (partCount > MOST_PARTS) throw new Error(`it holds more than ${MOST_PARTS} values`);
    if (part === null || typeof part === 'string' || typeof part === 'boolean') return part;
    if (typeof part === 'number' && Number.isFinite(part)) return part;
    const isList = Array.isArray(part);
    if (typeof part !== 'object' || (!isList && !isPlain(part))) {
      faults.push({ path, message: `must be plain data, not ${nameOf(part)}` });
      return null;
    }
    if (around.has(part)) {
      faults.push({ path, message: 'holds itself' });
      return null;
    }
    around.add(part);
    const copied = isList
      ? Array.from(part, (item, index) => copy(item, [...path, index]))
      : Object.fromEntries(
          Object.entries(part)
            .filter(([, inner]) => inner !== undefined)
            .map(([key, inner]) => [key, copy(inner, [...path, key])]),
        );
    around.delete(part);
    return copied;
  };
  return { value: copy(value, []), faults };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `a ${value.constructor.name}`;
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
