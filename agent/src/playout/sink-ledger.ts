/** A stretch of what was given to the sink. Places are samples from the start of the reply. */
export type Stretch =
  | { readonly kind: 'voice'; readonly from: number; readonly count: number }
  /** Sound that fades out and is played again or never: it counts as not heard. */
  | { readonly kind: 'fade'; readonly count: number }
  | { readonly kind: 'silence'; readonly count: number };

/** What the sink holds of a reply, so that its queue's length tells the place that was played. Counts are samples. */
export interface SinkLedger {
  /** A new reply begins at place 0; nothing of the one before is played again. */
  begin(): void;
  give(stretch: Stretch): void;
  /** Place up to which the reply was played, given how much the sink still holds. */
  playedPlace(queued: number): number;
  /** How much must be sent until nothing of this kind is left in the sink. */
  remaining(queued: number, kind: Stretch['kind']): number;
  /** The sink dropped its last `dropped` samples. Returns the place from which the reply goes on. */
  take(dropped: number): number;
}

export function createSinkLedger(sampleRateHz: number): SinkLedger {
  // A sink sends 10 ms at once, so that what it drops may reach a little further back than what it says it holds.
  const margin = sampleRateHz / 10;
  let stretches: Stretch[] = [];
  let place = 0;

  /** The stretches that make up the last `queued` samples, oldest first, with what of each is left. */
  const held = (queued: number): Stretch[] => {
    const rest: Stretch[] = [];
    for (let i = stretches.length - 1, left = queued; i >= 0 && left > 0; i--) {
      const stretch = stretches[i];
      if (stretch === undefined) break;
      const count = Math.min(left, stretch.count);
      const gone = stretch.count - count;
      rest.unshift(
        stretch.kind === 'voice' ? { ...stretch, from: stretch.from + gone, count } : { ...stretch, count },
      );
      left -= count;
    }
    return rest;
  };
  const playedPlace = (queued: number) =>
    held(queued).find((stretch) => stretch.kind === 'voice')?.from ?? place;

  return {
    begin() {
      stretches = stretches.map(({ kind, count }) => ({ kind: kind === 'voice' ? 'fade' : kind, count }));
      place = 0;
    },
    give(stretch) {
      if (stretch.count > 0) stretches.push(stretch);
      if (stretch.kind === 'voice') place = stretch.from + stretch.count;
    },
    playedPlace(queued) {
      const played = playedPlace(queued);
      stretches = held(queued + margin);
      return played;
    },
    remaining(queued, kind) {
      const inSink = held(queued);
      const last = inSink.findLastIndex((stretch) => stretch.kind === kind);
      return inSink.slice(0, last + 1).reduce((sum, stretch) => sum + stretch.count, 0);
    },
    take(dropped) {
      place = playedPlace(dropped);
      stretches = [];
      return place;
    },
  };
}
