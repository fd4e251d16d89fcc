/** `<callId>.<generation>.wav.part`: what one process recorded of a call. */
export function partName(callId: string, generation: number): string {
  return `${callId}.${generation}.wav.part`;
}

/** The generation whose part of the call a file of this name is; null: it is none. */
export function generationOfPart(callId: string, fileName: string): number | null {
  if (!fileName.startsWith(`${callId}.`)) return null;
  const generation = /^([1-9][0-9]*)\.wav\.part$/.exec(fileName.slice(callId.length + 1))?.[1];
  return generation === undefined ? null : Number(generation);
}
