import type { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { AudioSink } from '../contract.ts';

/** A track in virtual time, which sends 10 ms at each tick, as WebRTC's does. */
export interface VirtualSink extends AudioSink {
  /** All that was sent since the start; where nothing was there to send, zeros. */
  sent(): Int16Array;
  /** Every push: when, how long, and how much was queued before it. */
  readonly pushes: readonly { readonly atMs: number; readonly ms: number; readonly queuedMs: number }[];
  /** Every later push rejects: the track is gone. */
  break(): void;
}

export function createVirtualSink(options: {
  readonly clock: VirtualClock;
  readonly sampleRateHz: number;
  /** When its first tick comes, 0 to 10 ms from now. */
  readonly phaseMs?: number;
  /** Above this, a push waits until the queue is down to it. */
  readonly queueMs?: number;
}): VirtualSink {
  const { clock, sampleRateHz, phaseMs = 10, queueMs = 160 } = options;
  const step = sampleRateHz / 100;
  const pushes: { atMs: number; ms: number; queuedMs: number }[] = [];
  const sent: number[] = [];
  let queue: number[] = [];
  let waiting: (() => void)[] = [];
  let nextTickAtMs = clock.nowMs() + phaseMs;
  let isBroken = false;

  // Ticks are worked off when somebody looks, so that an idle sink leaves no timer behind.
  const settle = () => {
    for (; nextTickAtMs <= clock.nowMs() + 1e-9; nextTickAtMs += 10) {
      const frame = queue.splice(0, step);
      for (let i = 0; i < step; i++) sent.push(frame[i] ?? 0);
    }
    if (queue.length <= (queueMs / 10) * step) {
      for (const resolve of waiting) resolve();
      waiting = [];
    }
  };
  const queuedMs = () => (queue.length / step) * 10;

  return {
    sampleRateHz,
    push(samples) {
      settle();
      if (isBroken) return Promise.reject(new Error('the track is gone'));
      if (samples.length === 0 || samples.length % step !== 0) {
        return Promise.reject(new RangeError(`${samples.length} samples are no multiple of 10 ms`));
      }
      if (waiting.length > 0) return Promise.reject(new Error('a push is still waiting'));
      pushes.push({ atMs: clock.nowMs(), ms: (samples.length / step) * 10, queuedMs: queuedMs() });
      for (const sample of samples) queue.push(sample);
      if (queuedMs() <= queueMs) return Promise.resolve();
      clock.at(nextTickAtMs + Math.ceil((queuedMs() - queueMs) / 10 - 1) * 10, settle);
      return new Promise((resolve) => waiting.push(resolve));
    },
    queuedDurationMs() {
      settle();
      return Math.max(0, queuedMs() - (queue.length > 0 ? 10 - (nextTickAtMs - clock.nowMs()) : 0));
    },
    clear() {
      settle();
      const dropped = queuedMs();
      queue = [];
      return dropped;
    },
    cutWaitMs() {
      settle();
      const untilTickMs = nextTickAtMs - clock.nowMs();
      return untilTickMs < 4 ? untilTickMs + 1 : Math.max(0, untilTickMs - 9);
    },
    sent() {
      settle();
      return Int16Array.from(sent);
    },
    pushes,
    break() {
      isBroken = true;
    },
  };
}
