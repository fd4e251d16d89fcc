import type { StoredSound } from './stored-sound.ts';
import { PAIR_BYTES, RECORDING_RATE_HZ, type RecordingInfo } from './wav-file.ts';

/** A stretch of the joined recording: where its sound lies. Places are samples of the call clock. */
interface PlannedSpan {
  readonly name: string;
  readonly generation: number;
  readonly from: number;
  readonly to: number;
  /** Of its first sample in the file. */
  readonly byteAt: number;
}

/** What a joined recording is made of. */
export interface SpanPlan {
  readonly info: RecordingInfo;
  /** In the order of time, apart from each other. */
  readonly spans: readonly PlannedSpan[];
  /** Length of the recording, in samples. */
  readonly length: number;
}

/**
 * Lays the sounds of one call side by side. Where a generation is there twice, the longer counts; where two generations
 * sounded at once, the later one is heard, for its process held the seat. Places are counted from the first one's start.
 */
export function planSpans(
  sounds: readonly (StoredSound & { readonly name: string })[],
  callSamples: number,
): SpanPlan | null {
  const startedAtEpochMs = Math.min(...sounds.map(({ info }) => info.startedAtEpochMs));
  const ofGeneration = new Map<number, PlannedSpan>();
  for (const { name, info, soundAt, length } of sounds) {
    const shift = Math.round(((info.startedAtEpochMs - startedAtEpochMs) * RECORDING_RATE_HZ) / 1000);
    const end = info.from + length;
    for (const span of info.spans) {
      const to = Math.min(span.to ?? end, end);
      const byteAt = soundAt + (span.from - info.from) * PAIR_BYTES;
      const planned = { name, generation: span.generation, from: span.from + shift, to: to + shift, byteAt };
      const other = ofGeneration.get(span.generation);
      if (to <= span.from || span.from < info.from) continue;
      if (other === undefined || other.to - other.from < planned.to - planned.from)
        ofGeneration.set(span.generation, planned);
    }
  }
  const ordered = [...ofGeneration.values()].sort((a, b) => a.generation - b.generation);
  const spans = ordered.flatMap((span, index) => {
    const later = ordered.slice(index + 1).map(({ from }) => from);
    const to = Math.min(span.to, ...later);
    return to <= span.from ? [] : [{ ...span, to }];
  });
  const [first] = sounds;
  if (first === undefined || spans.length === 0) return null;
  const length = Math.max(callSamples, ...spans.map(({ to }) => to));
  const told = spans.map(({ generation, from, to }) => ({ generation, from, to }));
  return { info: { callId: first.info.callId, startedAtEpochMs, from: 0, spans: told }, spans, length };
}
