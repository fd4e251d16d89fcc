import type { z } from 'zod';

/** The keys that an object may have at this path of a schema; none where the path leads to no object. */
export function knownKeysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  return [...new Set(objectsAt([schema], path).flatMap(({ shape }) => Object.keys(shape)))];
}

function objectsAt(
  schemas: readonly z.core.$ZodType[],
  path: readonly PropertyKey[],
): readonly z.core.$ZodObjectDef[] {
  const [segment, ...rest] = path;
  const defs = schemas.flatMap(unwrapped);
  if (segment === undefined) return defs.flatMap((def) => (def.type === 'object' ? [def] : []));
  const inner = defs.flatMap((def): readonly z.core.$ZodType[] => {
    if (def.type === 'array') return [def.element];
    if (def.type === 'record') return [def.valueType];
    if (def.type === 'object') return [def.shape[String(segment)]].filter((part) => part !== undefined);
    return [];
  });
  return inner.length === 0 ? [] : objectsAt(inner, rest);
}

/** What stands behind defaults and options; both sides of a union. */
function unwrapped(schema: z.core.$ZodType): readonly z.core.$ZodTypes['_zod']['def'][] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'default':
    case 'prefault':
    case 'optional':
      return unwrapped(def.innerType);
    case 'union':
      return def.options.flatMap(unwrapped);
    default:
      return [def];
  }
}

/** The name that was probably meant: the nearest within two letters of difference; null where none is near. */
export function nearestName(written: string, names: readonly string[]): string | null {
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');
  const distances = names.map((name) => ({ name, distance: editDistance(plain(written), plain(name)) }));
  const [nearest] = distances.sort((a, b) => a.distance - b.distance);
  if (nearest === undefined) return null;
  return nearest.distance <= Math.min(2, Math.floor(nearest.name.length / 2)) ? nearest.name : null;
}

/** Levenshtein's distance. Only the first letters of what is far too long count. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of [...from].slice(0, 100).entries()) {
    const next = [above + 1];
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
