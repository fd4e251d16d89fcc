import type { TtsEvent } from './contract.ts';

/** Sound is handed on in blocks of this length, in ms: as much as playout feeds ahead. */
const BLOCK_MS = 40;

/** Cuts sound into blocks that each own their buffer; the last is as short as it comes. */
export function* audioBlocks(
  segmentId: string,
  samples: Int16Array,
  sampleRateHz: number,
): Generator<TtsEvent & { readonly type: 'audio' }> {
  const blockSamples = (BLOCK_MS * sampleRateHz) / 1000;
  for (let from = 0; from < samples.length; from += blockSamples) {
    yield { type: 'audio', segmentId, samples: samples.slice(from, from + blockSamples), sampleRateHz };
  }
}

/** The sound after `silenceMs` of silence. */
export function afterSilence(samples: Int16Array, silenceMs: number, sampleRateHz: number): Int16Array {
  const silentSamples = Math.round((silenceMs * sampleRateHz) / 1000);
  const joined = new Int16Array(silentSamples + samples.length);
  joined.set(samples, silentSamples);
  return joined;
}

export function joinBlocks(blocks: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(blocks.reduce((length, block) => length + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    joined.set(block, at);
    at += block.length;
  }
  return joined;
}
