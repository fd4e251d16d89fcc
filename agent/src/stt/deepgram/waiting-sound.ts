import type { HeardFrame } from '../contract.ts';
import { msOf } from './sample-rate.ts';

/** Most sound kept for a socket that is not open yet, in ms. Source: the bound of the stage's contract. */
const MOST_WAITING_MS = 10_000;

/** Sound, and wishes between it, that wait for a socket. */
export interface WaitingSound<Wish> {
  push(frame: HeardFrame): void;
  ask(wish: Wish): void;
  /** All of it in order; nothing waits any more. */
  take(): readonly ({ readonly frame: HeardFrame } | { readonly wish: Wish })[];
  /** Sound that was too old to keep, in ms. */
  readonly droppedMs: number;
}

export function createWaitingSound<Wish>(): WaitingSound<Wish> {
  let items: ({ readonly frame: HeardFrame } | { readonly wish: Wish })[] = [];
  let samples = 0;
  let droppedSamples = 0;
  return {
    push(frame) {
      items.push({ frame });
      samples += frame.samples.length;
      while (msOf(samples) > MOST_WAITING_MS) {
        const oldest = items.findIndex((item) => 'frame' in item);
        const [item] = items.splice(oldest, 1);
        const dropped = item !== undefined && 'frame' in item ? item.frame.samples.length : samples;
        samples -= dropped;
        droppedSamples += dropped;
      }
    },
    ask: (wish) => void items.push({ wish }),
    take() {
      const taken = items;
      items = [];
      samples = 0;
      return taken;
    },
    get droppedMs() {
      return msOf(droppedSamples);
    },
  };
}
