import type { AudioSink } from '../playout/contract.ts';
import type { Recorder } from '../recording/contract.ts';

/** The agent's track, whose sound is recorded as it leaves. */
export function createRecordedSink(sink: AudioSink, recorder: Recorder): AudioSink {
  return {
    sampleRateHz: sink.sampleRateHz,
    push(samples) {
      recorder.give(samples, sink.queuedDurationMs());
      return sink.push(samples);
    },
    queuedDurationMs: sink.queuedDurationMs,
    clear() {
      const droppedMs = sink.clear();
      recorder.takeBack(droppedMs);
      return droppedMs;
    },
    cutWaitMs: sink.cutWaitMs,
  };
}
