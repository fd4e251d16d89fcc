import type { Track } from 'livekit-client';

/** Fields that grow when anything at all arrives; browsers fill some of them or all. */
const COUNTS = ['bytesReceived', 'packetsReceived', 'responsesReceived', 'requestsReceived'] as const;

/** Counts what arrived over the connections that these tracks go by; null where the browser does not tell. */
export async function readArrivedCount(tracks: readonly Track[]): Promise<number | null> {
  let count = 0;
  for (const track of tracks) {
    const report = await track.getRTCStatsReport().catch(() => undefined);
    report?.forEach((entry: Readonly<Record<string, unknown>>) => {
      if (entry.type === 'candidate-pair') for (const name of COUNTS) count += Number(entry[name] ?? 0);
    });
  }
  return count === 0 ? null : count;
}
