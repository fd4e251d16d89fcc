/** Something in an agent file that keeps the agent from being called. */
export interface DefinitionFault {
  /** The file as a person knows it: its name in its folder, or its path as it was given. */
  readonly file: string;
  /** From 1; null where the place is not known, as in what TypeScript made. */
  readonly line: number | null;
  /** From 1. */
  readonly column: number | null;
  /** For example `script.steps.main.branches.0.phrases.2`; empty where the whole file is meant. */
  readonly path: string;
  readonly message: string;
}

/** A fault within a definition, before its place in a file is known. */
export interface ValueFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What is meant: the key at the end of the path, or what stands behind it. */
  readonly of: 'key' | 'value';
}

/** A place in a text, each number from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds the place of a path; the nearest one above it where the path itself is not there. Null where none is known. */
export type Locate = (path: ValueFault['path'], of: ValueFault['of']) => Position | null;

/** Faults that are told of one file; the rest is counted. */
const MOST_FAULTS = 50;

/** A fault of a file as a whole, or of a place in it. */
export function fileFault(file: string, message: string, at: Position | null = null): DefinitionFault {
  return { file, line: at?.line ?? null, column: at?.column ?? null, path: '', message };
}

/** Gives each fault its place, in the order in which they stand in the file. */
export function placeFaults(
  file: string,
  faults: readonly ValueFault[],
  locate: Locate,
): readonly DefinitionFault[] {
  const placed = faults.map(({ path, message, of }) => ({
    ...fileFault(file, message, locate(path, of)),
    path: path.join('.'),
  }));
  return boundFaults(
    placed.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
  );
}

/** The first of many faults, and how many more there are. */
export function boundFaults(faults: readonly DefinitionFault[]): readonly DefinitionFault[] {
  const [first] = faults;
  if (first === undefined || faults.length <= MOST_FAULTS) return faults;
  return [
    ...faults.slice(0, MOST_FAULTS),
    fileFault(first.file, `has ${faults.length - MOST_FAULTS} more faults`),
  ];
}

/** `desk.yaml:7:11 greeting: must be text, not a number` */
export function faultInWords({ file, line, column, path, message }: DefinitionFault): string {
  const place = line === null ? file : `${file}:${line}:${column}`;
  return path === '' ? `${place}: ${message}` : `${place} ${path}: ${message}`;
}
