import type { Room } from '@livekit/rtc-node';

type SessionStats = Pick<Awaited<ReturnType<Room['getRtcStats']>>, 'publisherStats' | 'subscriberStats'>;

/** How long sound takes on this side of the SFU, in ms. */
export interface OwnWay {
  /** There and back between this process and the SFU. */
  readonly roundTripMs: number;
  /**
   * Mean time of received sound in the jitter buffer since the last reading in which any was received; over all tracks,
   * since rtc-node does not tell which is whose.
   */
  readonly jitterBufferMs: number;
}

/** Reads rtc-node's statistics one reading after another; null until sound was received over a connection in use. */
export function createOwnWay(readStats: () => Promise<SessionStats>): () => Promise<OwnWay | null> {
  let before = new Map<string, BufferCount>();
  let jitterBufferMs: number | null = null;
  return async () => {
    const { publisherStats, subscriberStats } = await readStats();
    // One connection carries both directions where the SFU can do so, and then one list holds all.
    const stats = [...publisherStats, ...subscriberStats].map((entry) => entry.stats);
    const counts = bufferCounts(stats);
    let [delayMs, samples] = [0, 0];
    for (const [track, count] of counts) {
      const earlier = before.get(track);
      delayMs += count.delayMs - (earlier?.delayMs ?? 0);
      samples += count.samples - (earlier?.samples ?? 0);
    }
    if (samples > 0) {
      jitterBufferMs = delayMs / samples;
      before = counts;
    }
    const roundTripMs = roundTripOf(stats);
    return roundTripMs === null || jitterBufferMs === null ? null : { roundTripMs, jitterBufferMs };
  };
}

type Stats = SessionStats['publisherStats'][number]['stats'];

/** Sums since a track began: of each sample's delay, and of samples. */
interface BufferCount {
  readonly delayMs: number;
  readonly samples: number;
}

function bufferCounts(stats: readonly Stats[]): Map<string, BufferCount> {
  const counts = new Map<string, BufferCount>();
  for (const entry of stats) {
    if (entry.case !== 'inboundRtp' || entry.value.stream?.kind !== 'audio') continue;
    const {
      trackIdentifier = '',
      jitterBufferDelay = 0,
      jitterBufferEmittedCount = 0n,
    } = {
      ...entry.value.inbound,
    };
    counts.set(trackIdentifier, {
      delayMs: jitterBufferDelay * 1000,
      samples: Number(jitterBufferEmittedCount),
    });
  }
  return counts;
}

/** Of the pair of addresses that carries the media: the one with most answers, where an earlier one was left. */
function roundTripOf(stats: readonly Stats[]): number | null {
  let most = { responses: 0n, roundTripMs: null as number | null };
  for (const entry of stats) {
    if (entry.case !== 'candidatePair') continue;
    const { nominated, currentRoundTripTime, responsesReceived = 0n } = { ...entry.value.candidatePair };
    if (!nominated || currentRoundTripTime === undefined || responsesReceived <= most.responses) continue;
    most = { responses: responsesReceived, roundTripMs: currentRoundTripTime * 1000 };
  }
  return most.roundTripMs;
}
