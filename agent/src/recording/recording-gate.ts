/** When a recording may hold sound: not at first, and from then on as told, at places of the recording, in order. */
export interface RecordingGate {
  set(isOpen: boolean, at: number): void;
  /** The parts of [from, to) in which it was closed. Windows follow each other. */
  closedWithin(from: number, to: number): readonly { readonly from: number; readonly to: number }[];
}

export function createRecordingGate(): RecordingGate {
  let changes = [{ at: 0, isOpen: false }];
  return {
    set(isOpen, at) {
      if (isOpen !== changes.at(-1)?.isOpen) changes.push({ at, isOpen });
    },
    closedWithin(from, to) {
      const closed = changes.flatMap(({ at, isOpen }, index) => {
        const begin = Math.max(from, at);
        const end = Math.min(to, changes[index + 1]?.at ?? to);
        return isOpen || begin >= end ? [] : [{ from: begin, to: end }];
      });
      changes = changes.filter((_, index) => (changes[index + 1]?.at ?? Number.POSITIVE_INFINITY) > from);
      return closed;
    },
  };
}
