import ipaddr from 'ipaddr.js';
import { addressKind } from './address-kind.ts';
import { type AllowRule, allowsAddress, allowsHost } from './allow-list.ts';
import { OutgoingError } from './outgoing-error.ts';

/** Where a request would go, before its name is looked up. */
export interface OutgoingTarget {
  readonly protocol: 'http:' | 'https:';
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

const MAX_URL_LENGTH = 2_048;
/**
 * On the internet HTTPS is served on 443, and on ports from here on (8443, 9443 and the like). Below it are mail, remote
 * shells and databases.
 */
const FIRST_HIGH_PORT = 8_000;

/**
 * Reads an address that somebody gave, and refuses what can never be sent to: other schemes, credentials in the
 * address, and addresses of networks that the operator does not allow, however they are written. A name is judged once
 * it was looked up. Throws `OutgoingError`.
 */
export function readOutgoingUrl(text: string, rules: readonly AllowRule[]): URL {
  if (text.length > MAX_URL_LENGTH)
    throw new OutgoingError('bad_url', `The address must have at most ${MAX_URL_LENGTH} characters.`);
  if (!URL.canParse(text))
    throw new OutgoingError('bad_url', 'This is no address such as https://example.com/hook.');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new OutgoingError('bad_url', 'Leave name and password out of the address.');
  const target = targetOf(url);
  const addresses = ipaddr.isValid(target.host) ? [target.host] : null;
  if (addresses !== null) judgeAddresses(target, addresses, rules);
  // A range may hold what the name leads to.
  else if (!rules.some(({ kind, port }) => kind === 'range' && (port ?? target.port) === target.port)) {
    if (!allowsHost(rules, target)) judgePublic(target);
  }
  return url;
}

/** The parts of an address that are judged. Throws `OutgoingError` where it is none of HTTP. */
export function targetOf({
  protocol,
  hostname,
  port,
}: Pick<URL, 'protocol' | 'hostname' | 'port'>): OutgoingTarget {
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new OutgoingError('forbidden_scheme', 'The address must begin with https://.');
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const usualPort = protocol === 'https:' ? 443 : 80;
  return { protocol, host, port: port === '' ? usualPort : Number(port) };
}

/**
 * Judges every address that a name led to, so that no choice among them can be a bad one. A machine's metadata service is
 * refused whatever the operator allows. Throws `OutgoingError`.
 */
export function judgeAddresses(
  target: OutgoingTarget,
  addresses: readonly string[],
  rules: readonly AllowRule[],
): void {
  const isHostAllowed = allowsHost(rules, target);
  let isAllAllowed = true;
  for (const address of addresses) {
    const kind = addressKind(address);
    if (kind === 'metadata')
      throw new OutgoingError(
        'forbidden_address',
        `${target.host} leads to the metadata service of a cloud, where nothing is ever sent.`,
      );
    const isAllowed = isHostAllowed || allowsAddress(rules, { address, port: target.port });
    if (kind === 'internal' && !isAllowed)
      throw new OutgoingError(
        'forbidden_address',
        `${target.host} leads into a private network or to this machine. If it is meant to, name it in PARLEY_OUTGOING_ALLOW.`,
      );
    isAllAllowed &&= isAllowed;
  }
  if (!isAllAllowed) judgePublic(target);
}

function judgePublic({ protocol, port }: OutgoingTarget): void {
  if (protocol !== 'https:')
    throw new OutgoingError(
      'forbidden_scheme',
      'The address must begin with https://. Name the host in PARLEY_OUTGOING_ALLOW to send to it without encryption.',
    );
  if (port !== 443 && port < FIRST_HIGH_PORT)
    throw new OutgoingError(
      'forbidden_port',
      `Port ${port} is not used: take 443, or one from ${FIRST_HIGH_PORT} on, or name host and port in PARLEY_OUTGOING_ALLOW.`,
    );
}
