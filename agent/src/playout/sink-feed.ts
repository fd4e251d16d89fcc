import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { AudioSink } from './contract.ts';
import { rampGain } from './gain-ramp.ts';
import type { ReplySound } from './reply-sound.ts';
import { createSinkLedger, type Stretch } from './sink-ledger.ts';

/** What is given to the sink and what of it was played. Places are samples from the start of the open reply. */
export interface SinkFeed {
  /** The sink takes more now: it is not gone, and nothing is on its way to it or about to be taken back. */
  readonly isReady: boolean;
  readonly queuedMs: number;
  /** Place up to which the reply was played. */
  readonly playedPlace: number;
  samplesOf(ms: number): number;
  msOf(samples: number): number;
  /** How long until nothing of this kind is left in the sink; 0 where it is so now. */
  remainingMs(kind: Stretch['kind']): number;
  /** A new reply begins at place 0. */
  begin(): void;
  /** Gives the voice from place `from` on, followed by as much silence as makes it a multiple of 10 ms. */
  give(samples: Int16Array, from: number): void;
  /**
   * Takes back what the sink has not sent, at the next good moment, and lets the sound fade out there. `onCut` hears
   * the place from which the reply goes on; nothing happens where no voice is in the sink.
   */
  cut(sound: ReplySound, fadeMs: number, onCut: (place: number) => void): void;
  /** Cuts now what is to be cut: something comes that needs to know the place. */
  settle(): void;
  close(): void;
}

export function createSinkFeed(options: {
  readonly sink: AudioSink;
  readonly clock: Clock;
  /** `isReady` may have become true. */
  readonly onReady: () => void;
  readonly log: Logger;
}): SinkFeed {
  const { sink, clock, onReady, log } = options;
  const ledger = createSinkLedger(sink.sampleRateHz);
  const samplesOf = (ms: number) => Math.round((ms * sink.sampleRateHz) / 1000);
  const msOf = (samples: number) => (samples * 1000) / sink.sampleRateHz;
  const queued = () => samplesOf(sink.queuedDurationMs());
  let onItsWay = 0;
  let isGone = false;
  let pendingCut: { readonly run: () => void; readonly cancel: () => void } | null = null;

  const push = (samples: Int16Array, stretch: Stretch) => {
    if (samples.length === 0) return;
    const whole = new Int16Array(samplesOf(Math.ceil(msOf(samples.length) / 10 - 1e-6) * 10));
    whole.set(samples);
    ledger.give(stretch);
    ledger.give({ kind: 'silence', count: whole.length - samples.length });
    onItsWay += 1;
    const taken = () => {
      onItsWay -= 1;
      onReady();
    };
    const failed = (error: unknown) => {
      onItsWay -= 1;
      if (!isGone) log.warn({ err: error }, 'the track takes no more sound');
      isGone = true;
    };
    sink.push(whole).then(taken, failed);
  };
  const settle = () => {
    const cut = pendingCut;
    pendingCut = null;
    cut?.cancel();
    cut?.run();
  };

  return {
    get isReady() {
      return onItsWay === 0 && pendingCut === null && !isGone;
    },
    get queuedMs() {
      return sink.queuedDurationMs();
    },
    get playedPlace() {
      return ledger.playedPlace(queued());
    },
    samplesOf,
    msOf,
    remainingMs: (kind) => msOf(ledger.remaining(queued(), kind)),
    begin() {
      settle();
      ledger.begin();
    },
    give: (samples, from) => push(samples, { kind: 'voice', from, count: samples.length }),
    cut(sound, fadeMs, onCut) {
      settle();
      if (ledger.remaining(queued(), 'voice') === 0) return;
      const run = () => {
        const place = ledger.take(samplesOf(sink.clear()));
        const fade = sound.read(place, samplesOf(fadeMs));
        rampGain(fade, 'down');
        push(fade, { kind: 'fade', count: fade.length });
        onCut(place);
      };
      const waitMs = sink.cutWaitMs();
      if (waitMs === 0) return run();
      const cancel = clock.at(clock.nowMs() + waitMs, () => {
        settle();
        onReady();
      });
      pendingCut = { run, cancel };
    },
    settle,
    close() {
      pendingCut?.cancel();
      pendingCut = null;
      if (ledger.remaining(queued(), 'voice') > 0) sink.clear();
    },
  };
}
