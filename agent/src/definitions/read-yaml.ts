import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import {
  boundFaults,
  type DefinitionFault,
  fileFault,
  type Locate,
  type Position,
} from './definition-fault.ts';

/** What a file holds, not yet checked. */
export type RawDefinition =
  | { readonly kind: 'read'; readonly value: unknown; readonly locate: Locate }
  | { readonly kind: 'faulty'; readonly faults: readonly DefinitionFault[] };

/** Aliases may stand for this many nodes. Source: the library's own default against texts that grow without end. */
const MOST_ALIASED_NODES = 100;
/** The library looks through the whole document for each. */
const MOST_ALIASES = 200;

/** Reads YAML 1.2; `file` is the name for its faults. A tag that YAML does not have is a fault. */
export function readYaml(file: string, text: string): RawDefinition {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // Its own check compares every key with every other.
    uniqueKeys: false,
    logLevel: 'error',
  });
  const faults = [...document.errors, ...document.warnings].map(({ message, pos }) =>
    fileFault(file, `is not sound YAML: ${message}`, position(pos[0])),
  );
  const report = (message: string, node: unknown) =>
    faults.push(fileFault(file, message, position(startOf(node) ?? 0)));
  const anchors = new Set<string>();
  let aliasCount = 0;
  visit(document, {
    Alias(_, alias) {
      const { source } = alias;
      aliasCount += 1;
      if (!anchors.has(source))
        report(`"*${source}" stands for nothing: quote it, or name it "&${source}" before`, alias);
    },
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Map(_, { items, anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
      const names = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (names.has(name)) report(`has the key "${String(name)}" twice; a key stands once`, key);
        names.add(name);
      }
    },
  });
  // One slip makes several faults in a row; the first in a line is the one to mend.
  const firsts = new Map<number | null, DefinitionFault>();
  for (const fault of faults) if (!firsts.has(fault.line)) firsts.set(fault.line, fault);
  if (firsts.size > 0) return { kind: 'faulty', faults: boundFaults([...firsts.values()]) };
  if (document.contents === null) return { kind: 'faulty', faults: [fileFault(file, 'is empty')] };
  const tooManyAliases = () => {
    const message = 'has aliases (*name) that stand for too much; write it out';
    return { kind: 'faulty', faults: [fileFault(file, message)] } as const;
  };
  if (aliasCount > MOST_ALIASES) return tooManyAliases();
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASED_NODES });
    return { kind: 'read', value, locate: locator(document, position) };
  } catch {
    // Aliases of aliases are all that is left to go wrong.
    return tooManyAliases();
  }
}

function locator(document: Document, position: (offset: number) => Position): Locate {
  return (path, of) => {
    let node: unknown = document.contents;
    let keyAt = 0;
    let valueAt = 0;
    for (const segment of path) {
      const inner = isAlias(node) ? node.resolve(document) : node;
      if (isMap(inner)) {
        const pair = inner.items.find(({ key }) => isScalar(key) && key.value === String(segment));
        // What is missing is missing from where the path still led.
        if (pair === undefined) return position(keyAt);
        keyAt = startOf(pair.key) ?? keyAt;
        valueAt = startOf(pair.value) ?? keyAt;
        node = pair.value;
      } else if (isSeq(inner)) {
        node = inner.items[Number(segment)];
        keyAt = startOf(node) ?? keyAt;
        valueAt = keyAt;
      } else return position(keyAt);
    }
    return position(of === 'key' ? keyAt : valueAt);
  };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
