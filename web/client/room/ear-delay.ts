import type { EarReport } from '@parley/contracts/ear-report';

/**
 * Time in the input device, in ms, where the browser does not tell it: WebRTC takes sound from a device in blocks of
 * 10 ms, so that it is at least one.
 */
const LEAST_CAPTURE_MS = 10;

type Entry = Readonly<Record<string, unknown>>;

/** How long sound takes in this page, one reading after another; null while that is not all known. */
export function createEarDelay({
  readStats,
  readOutputMs,
  readCaptureMs,
}: {
  /** Of the agent's track; undefined where there is none. */
  readonly readStats: () => Promise<RTCStatsReport | undefined>;
  /** Of the output device, where WebRTC does not tell; null where the browser does not either. */
  readonly readOutputMs: () => number | null;
  /** Of the microphone; null where the browser does not tell. */
  readonly readCaptureMs: () => number | null;
}): () => Promise<EarReport | null> {
  const jitterBuffer = createMeanDelay();
  const playout = createMeanDelay();
  return async () => {
    const entries: Entry[] = [];
    (await readStats())?.forEach((entry: Entry) => void entries.push(entry));
    const inbound = entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
    const device = entries.find(({ type }) => type === 'media-playout');
    const jitterBufferMs = jitterBuffer(inbound?.jitterBufferDelay, inbound?.jitterBufferEmittedCount);
    const outputMs = playout(device?.totalPlayoutDelay, device?.totalSamplesCount) ?? readOutputMs();
    const roundTripMs = roundTripOf(entries);
    if (roundTripMs === null || jitterBufferMs === null || outputMs === null) return null;
    return { roundTripMs, jitterBufferMs, outputMs, captureMs: readCaptureMs() ?? LEAST_CAPTURE_MS };
  };
}

/**
 * Mean delay of a sample in ms, from sums since the track began, in seconds and samples: of those that came since the last
 * reading in which any came. Null before the first.
 */
function createMeanDelay(): (delaySum: unknown, sampleCount: unknown) => number | null {
  let before = { seconds: 0, samples: 0 };
  let meanMs: number | null = null;
  return (delaySum, sampleCount) => {
    const now = { seconds: Number(delaySum ?? 0), samples: Number(sampleCount ?? 0) };
    // The agent's next process has a track of its own, which begins at nothing.
    if (now.samples < before.samples) before = { seconds: 0, samples: 0 };
    const samples = now.samples - before.samples;
    if (samples > 0) {
      meanMs = ((now.seconds - before.seconds) * 1000) / samples;
      before = now;
    }
    return meanMs;
  };
}

/** Of the pair of addresses that carries the media. */
function roundTripOf(entries: readonly Entry[]): number | null {
  const selectedId = entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  const isUsed = ({ id, nominated }: Entry) => (selectedId === undefined ? nominated : id === selectedId);
  const pair = entries.find((entry) => entry.type === 'candidate-pair' && isUsed(entry));
  const seconds = pair?.currentRoundTripTime;
  return typeof seconds === 'number' ? seconds * 1000 : null;
}
