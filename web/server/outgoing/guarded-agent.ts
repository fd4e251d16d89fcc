import { lookup as lookUpByDns } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { AllowRule } from './allow-list.ts';
import { OutgoingError } from './outgoing-error.ts';
import { judgeAddresses, targetOf } from './outgoing-guard.ts';

/** An address that a name led to. */
export interface FoundAddress {
  readonly address: string;
  readonly family: number;
}

/** Looks a name up. Rejects where it leads nowhere. */
export type LookUp = (host: string) => Promise<readonly FoundAddress[]>;

/** Longest wait for a connection and its TLS handshake, in ms. */
const CONNECT_WITHIN_MS = 5_000;
/** Connections to one origin at most. */
const CONNECTIONS = 16;
/** Longest headers of an answer, in bytes. */
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * The way out for requests to addresses that users gave: each connection looks its name up once, judges every address
 * found, and connects to one of those and no other, so that a name that leads elsewhere a moment later gains nothing.
 * Redirects are not followed, and no proxy of the environment is used.
 */
export function createGuardedAgent(options: {
  readonly allow: readonly AllowRule[];
  readonly lookUp?: LookUp | undefined;
}): Agent {
  const { allow, lookUp = lookUpAll } = options;
  const judge = async (connection: buildConnector.Options): Promise<readonly FoundAddress[]> => {
    const target = targetOf(connection);
    const found = await addressesOf(target.host, lookUp);
    judgeAddresses(
      target,
      found.map(({ address }) => address),
      allow,
    );
    return found;
  };
  const connect: buildConnector.connector = (connection, callback) => {
    judge(connection).then(
      (found) =>
        buildConnector({ timeout: CONNECT_WITHIN_MS, lookup: alwaysTo(found) })(connection, callback),
      (error: Error) => callback(error, null),
    );
  };
  return new Agent({ connect, connections: CONNECTIONS, maxHeaderSize: MAX_HEADER_BYTES });
}

async function addressesOf(host: string, lookUp: LookUp): Promise<readonly FoundAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  try {
    const found = await lookUp(host);
    if (found.length > 0) return found;
  } catch (cause) {
    throw new OutgoingError('name_not_found', `The name ${host} leads nowhere.`, { cause });
  }
  throw new OutgoingError('name_not_found', `The name ${host} leads nowhere.`);
}

const lookUpAll: LookUp = (host) => lookUpByDns(host, { all: true });

/** Answers every question for an address with those that were judged. */
function alwaysTo(found: readonly FoundAddress[]): LookupFunction {
  return (_host, { all = false }, callback) => {
    const [first] = found;
    if (all) callback(null, [...found]);
    else callback(null, first?.address ?? '', first?.family ?? 0);
  };
}
