/** KISS FFT as WebAssembly, as far as it is used here. Pointers are byte offsets into its memory. */
declare module '@echogarden/kissfft-wasm' {
  export interface KissFft {
    /** Memory as it is now; a view taken before it grew is dead. */
    readonly HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    /** The plan of a real transform of `size` samples, or 0 where memory is out. */
    _kiss_fftr_alloc(size: number, isInverse: 0 | 1, memory: 0, bytes: 0): number;
    /** Writes `size / 2 + 1` complex numbers to `output`. */
    _kiss_fftr(plan: number, input: number, output: number): void;
  }
  // biome-ignore lint/style/noDefaultExport: it is the package's only export
  export default function load(): Promise<KissFft>;
}
