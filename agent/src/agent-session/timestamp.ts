/** Wall clock in ms since 1970 as protobuf has it. */
export function timestampOf(epochMs: number): { readonly seconds: bigint; readonly nanos: number } {
  const ms = Math.round(epochMs);
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}
