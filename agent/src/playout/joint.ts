import { FEED } from './feed-times.ts';
import { rampGain } from './gain-ramp.ts';

/** How the next sound joins what came before it. */
export type Joint =
  | { readonly kind: 'start' }
  | { readonly kind: 'running' }
  /** The voice was too slow, and there was a gap. */
  | { readonly kind: 'starved'; readonly rampedMs: number }
  /** After a hold. */
  | { readonly kind: 'resumed'; readonly rampedMs: number };

/** Sound that must have come before the next is given, unless no more will: a gap now and then is worse than a wait. */
export function readyMs(joint: Joint): number {
  switch (joint.kind) {
    case 'start':
      return FEED.blockMs + FEED.reserveMs;
    case 'starved':
      return 100;
    case 'running':
    case 'resumed':
      return 0;
  }
}

/** Ramps the head of `samples`, in place, as the joint asks. Returns the joint of what follows them. */
export function joinHead(joint: Joint, samples: Int16Array, sampleRateHz: number): Joint {
  if (joint.kind === 'start' || joint.kind === 'running') return { kind: 'running' };
  const wholeMs = joint.kind === 'resumed' ? FEED.holdMs : FEED.cutMs;
  const head = samples.subarray(0, ((wholeMs - joint.rampedMs) * sampleRateHz) / 1000);
  const rampedMs = joint.rampedMs + (head.length * 1000) / sampleRateHz;
  rampGain(head, 'up', { from: joint.rampedMs / wholeMs, to: rampedMs / wholeMs });
  return rampedMs < wholeMs ? { ...joint, rampedMs } : { kind: 'running' };
}

/** Fades the end of `samples`, in place, before a gap. */
export function fadeTail(samples: Int16Array, sampleRateHz: number): void {
  rampGain(samples.subarray(-(FEED.cutMs * sampleRateHz) / 1000), 'down');
}
