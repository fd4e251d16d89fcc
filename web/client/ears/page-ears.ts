import type { CallSession } from '../room/call-session.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KeptValues } from '../runtime/kept-values.ts';
import { createEarsSetting, type EarsSetting } from './ears-setting.ts';
import { startLocalEars } from './local-ears.ts';
import { createSpeakerGain } from './speaker-gain.ts';

/**
 * Gives the page ears of its own, and returns the person's switch for them. What they need is loaded in the first call
 * that is joined with them on; where that fails, the console says so and the call goes on.
 */
export function openPageEars({
  clock,
  session,
  speaker,
  kept,
}: {
  readonly clock: Clock;
  readonly session: CallSession;
  /** Plays the agent. */
  readonly speaker: HTMLAudioElement;
  readonly kept: KeptValues;
}): EarsSetting {
  const setting = createEarsSetting({ kept });
  startLocalEars({
    clock,
    session,
    setting,
    gain: createSpeakerGain({ element: speaker, clock }),
    hearSpeech: async (options) => (await import('./hear-speech.ts')).hearSpeech(options),
    onMutedSpeech: session.noteMutedSpeech,
    onFault(fault) {
      // biome-ignore lint/suspicious/noConsole: for whoever looks why a page has no ears; the call lacks nothing.
      console.warn('Parley: this page has no local ears; the call goes on without them.', fault);
    },
  });
  return setting;
}
