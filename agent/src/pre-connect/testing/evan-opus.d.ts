/** The WASM build of the encoder, of which tests use this much; the package types only its native one. */
declare module '@evan/opus/wasm/index.mjs' {
  export class Encoder {
    constructor(options: { channels: 1 | 2; sample_rate: number; application: 'voip' });
    encode(pcm: ArrayBufferView): Uint8Array;
  }
}
