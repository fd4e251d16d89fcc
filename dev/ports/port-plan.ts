import type { Transport } from './free-port.ts';

/** A port that somebody asked for is taken by another program. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly code = 'port_taken';
  constructor(variable: string, port: number) {
    super(
      `Port ${port}, given by ${variable}, is taken by another program. End that program, or give another port: ` +
        `${variable}=${port + 10} npm start`,
    );
  }
}

/** A port that is not where it usually is. */
export interface Move {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** The ports of one running Parley. */
export interface PortPlan {
  readonly web: number;
  /** null where somebody else runs livekit-server. */
  readonly sfu: { readonly signalling: number; readonly rtcTcp: number; readonly rtcUdp: number } | null;
  readonly moves: readonly Move[];
}

/**
 * Chooses the ports: what was given or nothing, and for the rest the usual one or the next that is free. Rejects with
 * `PortTaken`.
 */
export async function planPorts(options: {
  readonly web: { readonly given: number | null; readonly host: string };
  /** null where somebody else runs livekit-server; `hasTcp` where media may also come over TCP. */
  readonly sfu: { readonly given: number | null; readonly hasTcp: boolean } | null;
  readonly isFree: (port: number, transport: Transport, host: string) => Promise<boolean>;
  /** A port of the system's choice: for one that was given as 0. */
  readonly findAny: () => Promise<number>;
}): Promise<PortPlan> {
  const { sfu, isFree } = options;
  const moves: Move[] = [];
  const taken = new Set<string>();
  const take = (transport: Transport, port: number) => {
    taken.add(`${transport} ${port}`);
    return port;
  };

  const insist = async (variable: string, port: number, host: string) => {
    if (port === 0) return take('tcp', await options.findAny());
    if (!(await isFree(port, 'tcp', host))) throw new PortTaken(variable, port);
    return take('tcp', port);
  };
  const search = async (what: string, usual: number, transport: Transport, host: string) => {
    for (let port = usual; port <= LAST_PORT; port += 1) {
      if (taken.has(`${transport} ${port}`) || !(await isFree(port, transport, host))) continue;
      if (port !== usual) moves.push({ what, from: usual, to: port });
      return take(transport, port);
    }
    return take(transport, await options.findAny());
  };

  // What was given is claimed first, so that nothing else takes it.
  const { host, given } = options.web;
  const webGiven = given === null ? null : await insist('PORT', given, host);
  const sfuGiven =
    sfu === null || sfu.given === null ? null : await insist('LIVEKIT_PORT', sfu.given, LOOPBACK);
  const web = webGiven ?? (await search('the page', 3_000, 'tcp', host));
  if (sfu === null) return { web, sfu: null, moves };
  const signalling = sfuGiven ?? (await search('livekit-server', 7_880, 'tcp', LOOPBACK));
  const rtcTcp = sfu.hasTcp ? await search('media over TCP', signalling + 1, 'tcp', EVERY_ADDRESS) : 0;
  const rtcUdp = await search('media over UDP', signalling + 2, 'udp', EVERY_ADDRESS);
  return { web, sfu: { signalling, rtcTcp, rtcUdp }, moves };
}

const LOOPBACK = '127.0.0.1';
const EVERY_ADDRESS = '0.0.0.0';
const LAST_PORT = 65_535;
