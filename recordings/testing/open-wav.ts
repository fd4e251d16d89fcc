import { readFileSync } from 'node:fs';

export interface OpenedWav {
  readonly left: Int16Array;
  readonly right: Int16Array;
  readonly lengthMs: number;
}

/** Reads a WAV file as a player does: by its chunks and their sizes, which must fit the file to the byte. */
export function openWav(name: string): OpenedWav {
  const bytes = readFileSync(name);
  const text = (at: number) => bytes.toString('latin1', at, at + 4);
  if (text(0) !== 'RIFF' || text(8) !== 'WAVE') throw new Error(`${name} is no WAV file`);
  if (bytes.readUInt32LE(4) !== bytes.length - 8) throw new Error(`${name} is not as long as it says`);
  let rateHz = 0;
  for (let at = 12; at < bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    const begin = at + 8;
    if (begin + size > bytes.length) throw new Error(`${name} has a chunk beyond its end`);
    if (text(at) === 'fmt ') {
      const [format, channels, bits] = [begin, begin + 2, begin + 14].map((place) =>
        bytes.readUInt16LE(place),
      );
      if (format !== 1 || channels !== 2 || bits !== 16)
        throw new Error(`${name} is not 16 bits of 2 channels`);
      rateHz = bytes.readUInt32LE(begin + 4);
    }
    if (text(at) === 'data') {
      if (begin + size !== bytes.length || size % 4 !== 0) throw new Error(`${name} has no whole samples`);
      const count = size / 4;
      const channel = (offset: number) =>
        Int16Array.from({ length: count }, (_, index) => bytes.readInt16LE(begin + 4 * index + offset));
      return { left: channel(0), right: channel(2), lengthMs: (count * 1000) / rateHz };
    }
    at = begin + size + (size % 2);
  }
  throw new Error(`${name} has no sound`);
}
