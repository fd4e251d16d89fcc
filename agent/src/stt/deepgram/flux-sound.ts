import type { Clock } from '../../runtime/clock.ts';
import { msOf, SAMPLE_RATE_HZ } from './sample-rate.ts';

/** Sound on its way to Flux, whose clock it is: it goes on in silence, and a vendor that takes it and is mute is found. */
export interface FluxSound {
  start(send: (samples: Int16Array) => void): void;
  push(samples: Int16Array): void;
  /** Sends what is left of a frame. */
  flush(): void;
  /** The ear gave a frame. */
  came(): void;
  /** The vendor said something. */
  answered(): void;
  /** Since the start of the stream. */
  readonly sentMs: number;
  stop(): void;
}

/** Sound that a frame to the vendor has, in samples: 80 ms, as it advises. */
const FRAME_SAMPLES = (80 * SAMPLE_RATE_HZ) / 1000;
/** How often it is looked whether sound comes at all, in ms. */
const LOOK_MS = 240;
/** Without sound for so long, in ms, the vendor is given silence: a turn would never end. */
const SOUNDLESS_MS = 500;
/** Sound without an answer, in ms, after which the vendor is mute. Source: a stream was seen to stay so for 23 s. */
const MUTE_MS = 5_000;

export function createFluxSound(options: {
  readonly clock: Clock;
  readonly coveredUntilMs: () => number;
  readonly onMute: (soundMs: number) => void;
}): FluxSound {
  const { clock } = options;
  let send: (samples: Int16Array) => void = () => {};
  let unsent = new Int16Array(0);
  let sentSamples = 0;
  let cameAtMs = clock.nowMs();
  let answeredAtMs = clock.nowMs();
  let cancelLook = () => {};

  const push = (samples: Int16Array) => {
    const all = new Int16Array(unsent.length + samples.length);
    all.set(unsent);
    all.set(samples, unsent.length);
    let at = 0;
    for (; all.length - at >= FRAME_SAMPLES; at += FRAME_SAMPLES) send(all.slice(at, at + FRAME_SAMPLES));
    unsent = all.slice(at);
    sentSamples += samples.length;
  };
  const look = () => {
    const nowMs = clock.nowMs();
    if (nowMs - cameAtMs >= SOUNDLESS_MS) push(new Int16Array((LOOK_MS * SAMPLE_RATE_HZ) / 1000));
    const unheardMs = msOf(sentSamples) - options.coveredUntilMs();
    if (unheardMs > MUTE_MS && nowMs - answeredAtMs > MUTE_MS) return options.onMute(unheardMs);
    cancelLook = clock.at(nowMs + LOOK_MS, look);
  };

  return {
    start(sendSamples) {
      send = sendSamples;
      answeredAtMs = clock.nowMs();
      look();
    },
    push,
    flush() {
      if (unsent.length > 0) send(unsent);
      unsent = new Int16Array(0);
    },
    came() {
      cameAtMs = clock.nowMs();
    },
    answered() {
      answeredAtMs = clock.nowMs();
    },
    get sentMs() {
      return msOf(sentSamples);
    },
    stop: () => cancelLook(),
  };
}
