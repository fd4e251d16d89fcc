/** Sound that lies at fixed places of the recording until it is written. */
export interface PlacedSound {
  /** Blocks come in order and do not overlap. */
  add(from: number, samples: Int16Array): void;
  /** Adds what lies in [from, from + mix.length) to `mix`, and forgets what lies before its end. */
  mixInto(mix: Int32Array, from: number): void;
  readonly isEmpty: boolean;
}

export function createPlacedSound(): PlacedSound {
  const blocks: { readonly from: number; readonly samples: Int16Array }[] = [];
  return {
    add(from, samples) {
      if (samples.length > 0) blocks.push({ from, samples });
    },
    mixInto(mix, from) {
      const to = from + mix.length;
      for (const block of blocks) {
        const end = Math.min(to, block.from + block.samples.length);
        for (let at = Math.max(from, block.from); at < end; at++) {
          mix[at - from] = (mix[at - from] ?? 0) + (block.samples[at - block.from] ?? 0);
        }
      }
      while (blocks[0] !== undefined && blocks[0].from + blocks[0].samples.length <= to) blocks.shift();
    },
    get isEmpty() {
      return blocks.length === 0;
    },
  };
}
