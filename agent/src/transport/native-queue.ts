/** WebRTC takes 10 ms of a source at each tick. */
const TICK_MS = 10;
/** Ticks that were seen and are kept to tell the lattice from. */
const KEPT_TICKS = 40;
/** A tick is told within about this time, unless the event loop was busy. */
const TELLING_MS = 1.5;
/** How late a tick is told at best: half of what a call into native code and back takes. */
const TOLD_LATE_MS = 0.3;

/**
 * What WebRTC's queue of a source holds. It cannot be asked, but it is exact: whole blocks of 10 ms go in, and one
 * goes out at each tick of a lattice that never drifts from the monotonic clock (measured: within 0.5 ms over 3 s).
 */
export interface NativeQueue {
  /** `ms` is a multiple of 10. */
  pushed(ms: number, nowMs: number): void;
  /** Empties it; returns what it held, a multiple of 10 ms. */
  cleared(nowMs: number): number;
  /** What is left to send, in ms, counting a block as going out over the 10 ms before its tick. */
  queuedMs(nowMs: number): number;
  /** How long until the last tick is `afterMs` ago and the next not within `beforeMs`; 0 where it is so now. */
  untilBetweenTicksMs(nowMs: number, afterMs: number, beforeMs: number): number;
  /** A tick was told of, at or shortly after it happened. */
  ticked(atMs: number): void;
}

export function createNativeQueue(): NativeQueue {
  const tellings: number[] = [];
  let latticeMs = 0;
  let blocks = 0;
  let asOfMs = 0;

  const ticksUntil = (atMs: number) => Math.floor((atMs - latticeMs) / TICK_MS);
  const settle = (nowMs: number) => {
    blocks = Math.max(0, blocks - (ticksUntil(nowMs) - ticksUntil(asOfMs)));
    asOfMs = nowMs;
  };
  /** How long after `fromMs`, on the lattice, `atMs` lies: 0 to 10. */
  const after = (fromMs: number, atMs: number) => (((atMs - fromMs) % TICK_MS) + TICK_MS) % TICK_MS;

  return {
    pushed(ms, nowMs) {
      settle(nowMs);
      blocks += ms / TICK_MS;
    },
    cleared(nowMs) {
      settle(nowMs);
      const dropped = blocks * TICK_MS;
      blocks = 0;
      return dropped;
    },
    queuedMs(nowMs) {
      settle(nowMs);
      return blocks === 0 ? 0 : blocks * TICK_MS - after(latticeMs, nowMs);
    },
    untilBetweenTicksMs(nowMs, afterMs, beforeMs) {
      const sinceTick = after(latticeMs, nowMs);
      if (sinceTick < afterMs) return afterMs - sinceTick;
      return sinceTick > TICK_MS - beforeMs ? TICK_MS - sinceTick + afterMs : 0;
    },
    ticked(atMs) {
      settle(atMs);
      tellings.push(atMs);
      if (tellings.length > KEPT_TICKS) tellings.shift();
      // Late tellings scatter; the true ones lie close behind the tick. The telling that most others follow closely
      // is nearest to it.
      const followers = (first: number) =>
        tellings.filter((other) => after(first, other) < TELLING_MS).length;
      let most = 0;
      for (const telling of tellings) {
        if (followers(telling) <= most) continue;
        most = followers(telling);
        latticeMs = telling - TOLD_LATE_MS;
      }
    },
  };
}
