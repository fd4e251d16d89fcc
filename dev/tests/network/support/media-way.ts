import type { Page } from 'playwright-core';

interface WatchedWindow {
  connections: RTCPeerConnection[];
}

/** How a page's media goes, each of its connections for itself: `udp`, `tcp`, or `relay tls` for TURN over TLS. */
export type MediaWay = string;

/** Lets a page's connections be asked how they go. To be called before the page is opened. */
export async function watchMediaWays(page: Page): Promise<() => Promise<MediaWay[]>> {
  await page.addInitScript(() => {
    const connections: RTCPeerConnection[] = [];
    Object.assign(window, { connections });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connections.push(this);
      }
    };
  });
  return () =>
    page.evaluate(async () => {
      const { connections } = window as unknown as WatchedWindow;
      const ways = await Promise.all(
        connections.map(async (connection) => {
          const report = await connection.getStats();
          const transport = [...report.values()].find(({ type }) => type === 'transport');
          const local = report.get(report.get(transport?.selectedCandidatePairId)?.localCandidateId);
          if (!local) return null;
          return local.candidateType === 'relay' ? `relay ${local.relayProtocol}` : local.protocol;
        }),
      );
      return ways.filter((way) => way !== null);
    });
}
