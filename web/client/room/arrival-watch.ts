import type { Clock } from '../runtime/clock.ts';

/**
 * How long nothing may arrive before the link counts as down, in ms. Checks of the link come every 2.5 s both ways, and
 * sound and its reports more often: at 10 % loss a link that works is never silent for so long. LiveKit's client itself
 * says nothing for 15 s and more.
 */
export const SILENT_LINK_MS = 5_000;

const LOOK_EVERY_MS = 1_000;

/**
 * Looks whether anything arrives from the server, and tells when that ends and when it begins again. `readArrived` counts
 * what has arrived so far; null where nobody can tell, which is no news. Returns its end.
 */
export function watchArrivals({
  clock,
  readArrived,
  onSilent,
  onArriving,
}: {
  readonly clock: Clock;
  readonly readArrived: () => Promise<number | null>;
  readonly onSilent: () => void;
  readonly onArriving: () => void;
}): () => void {
  let count: number | null = null;
  let changedAtMs = clock.nowMs();
  let isSilent = false;
  let isOver = false;
  let cancelLook = () => {};

  const look = async () => {
    const arrived = await readArrived();
    if (isOver) return;
    const nowMs = clock.nowMs();
    if (arrived === null || arrived !== count) {
      count = arrived;
      changedAtMs = nowMs;
      if (isSilent) onArriving();
      isSilent = false;
    } else if (!isSilent && nowMs - changedAtMs >= SILENT_LINK_MS) {
      isSilent = true;
      onSilent();
    }
    wait();
  };
  const wait = () => {
    cancelLook = clock.at(clock.nowMs() + LOOK_EVERY_MS, () => void look());
  };
  wait();

  return () => {
    isOver = true;
    cancelLook();
  };
}
