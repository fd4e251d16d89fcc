/** `<callId>.<generation>.wav.part`: what one process recorded of a call. */
export function partName(callId: string, generation: number): string {
  return `${callId}.${generation}.wav.part`;
}

/** Whether a file of this name is a part of the call. */
export function isPartOf(callId: string, fileName: string): boolean {
  const [before, generation, ...rest] = fileName.slice(callId.length).split('.');
  return (
    fileName.startsWith(callId) &&
    before === '' &&
    /^[1-9][0-9]*$/.test(generation ?? '') &&
    rest.join('.') === 'wav.part'
  );
}
