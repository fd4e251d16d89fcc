import type { WordMark } from './contract.ts';

/** A line's sound with its marks, made beforehand. */
export interface ReadyLine {
  readonly samples: Int16Array;
  readonly sampleRateHz: number;
  readonly marks: readonly WordMark[];
}

/** Lines in memory, up to a number of bytes of sound. */
export interface ReadyLines {
  get(key: string): ReadyLine | null;
  /** What was not used for longest makes room. A line that is larger than all the room is not kept. */
  put(key: string, line: ReadyLine): void;
}

export function createReadyLines(mostBytes: number): ReadyLines {
  /** In the order of their use, the longest unused first. */
  const lines = new Map<string, ReadyLine>();
  let bytes = 0;
  const remove = (key: string) => {
    bytes -= lines.get(key)?.samples.byteLength ?? 0;
    lines.delete(key);
  };
  return {
    get(key) {
      const line = lines.get(key);
      if (line === undefined) return null;
      lines.delete(key);
      lines.set(key, line);
      return line;
    },
    put(key, line) {
      remove(key);
      if (line.samples.byteLength > mostBytes) return;
      lines.set(key, line);
      bytes += line.samples.byteLength;
      for (const unused of lines.keys()) {
        if (bytes <= mostBytes) return;
        remove(unused);
      }
    },
  };
}
