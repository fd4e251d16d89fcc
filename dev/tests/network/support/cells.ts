import type { LinkConditions } from '../../../network/conditions.ts';
import { PORT } from './parley-behind-link.ts';

/** One kind of bad network, and what has to hold beside the talk itself. */
export interface Cell {
  readonly name: string;
  readonly conditions: Partial<LinkConditions>;
  /** How media has to go. */
  readonly way: 'udp' | 'tcp' | 'relay tls';
  /** The link is away for a while between the first exchange and the second. */
  readonly hasOutage: boolean;
}

const cell = (name: string, conditions: Partial<LinkConditions>, more: Partial<Cell> = {}): Cell => ({
  name,
  conditions,
  way: 'udp',
  hasOutage: false,
  ...more,
});

/** All of them, the good one first. */
export const CELLS: readonly Cell[] = [
  ...[0, 5, 10].flatMap((lossPercent) =>
    [0, 150, 300].map((delayMs) => cell(`${lossPercent} % loss, ${delayMs} ms`, { lossPercent, delayMs })),
  ),
  cell('jitter to 100 ms', { delayMs: 50, jitterMs: 100 }),
  cell('64 kbit/s up', { upKbps: 64 }),
  cell('TCP alone', { block: { allButTcpPorts: [PORT.page, PORT.media] } }, { way: 'tcp' }),
  cell('TURN over TLS alone', { block: { allButTcpPorts: [PORT.page, PORT.turn] } }, { way: 'relay tls' }),
  cell('outage of 15 s', {}, { hasOutage: true }),
  cell('outage of 15 s, 5 % loss, 150 ms', { lossPercent: 5, delayMs: 150 }, { hasOutage: true }),
];
