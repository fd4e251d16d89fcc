import type { Clock } from '../runtime/clock.ts';

/** Turns what an element plays down and up again. */
export interface SpeakerGain {
  setDucked(isDucked: boolean): void;
}

/** About -30 dB: a voice at its usual -20 dB below full scale ends below -45, where it is taken for silence. */
const DUCKED_VOLUME = 0.03;

/** Down fast enough to give way at once, and not so fast that it clicks; up as a person raises their voice, in ms. */
const DOWN_MS = 15;
const UP_MS = 120;
const STEP_MS = 5;

/**
 * By the element's own volume, so that the agent's sound takes no other way than without a duck
 * (docs/decisions/0011). Where the system keeps the volume to itself, as on iOS, the element is muted instead.
 */
export function createSpeakerGain({
  element,
  clock,
}: {
  readonly element: Pick<HTMLMediaElement, 'volume' | 'muted'>;
  readonly clock: Clock;
}): SpeakerGain {
  let goal = 1;
  let cancelStep = () => {};

  const moveTo = (target: number, durationMs: number) => {
    cancelStep();
    const from = element.volume;
    const startedAtMs = clock.nowMs();
    const step = () => {
      const share = Math.min(1, (clock.nowMs() + STEP_MS - startedAtMs) / durationMs);
      element.volume = share < 1 ? from + (target - from) * share : target;
      if (share < 1) cancelStep = clock.at(clock.nowMs() + STEP_MS, step);
    };
    step();
  };

  return {
    setDucked(isDucked) {
      const target = isDucked ? DUCKED_VOLUME : 1;
      if (target === goal) return;
      goal = target;
      moveTo(target, isDucked ? DOWN_MS : UP_MS);
      // Read back: iOS ignores what was written.
      element.muted = isDucked && element.volume === 1;
    },
  };
}
