import ipaddr from 'ipaddr.js';

/**
 * Where an address leads: to the internet, to a network of somebody's own, or to the service that hands a machine in a
 * cloud its credentials.
 */
export type AddressKind = 'public' | 'internal' | 'metadata';

/**
 * Link-local addresses of IPv4 are what every large cloud gives its metadata service. The others: Alibaba, Azure's wire
 * server, Oracle, AWS over IPv6, Google over IPv6.
 */
const METADATA = [
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::/32',
  'fd20:ce::/32',
].map((range) => ipaddr.parseCIDR(range));
/** What the internet has given out so far of IPv6. Source: IANA's registry of global unicast addresses. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
/** Addresses of IPv4 as networks that are IPv6 alone write them (RFC 6052). */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');

/** The kind of an address in text; `internal` where it is none. */
export function addressKind(text: string): AddressKind {
  const address = plainAddress(text);
  if (address === null) return 'internal';
  if (METADATA.some((range) => isIn(address, range))) return 'metadata';
  if (address.range() !== 'unicast') return 'internal';
  return address.kind() === 'ipv4' || isIn(address, GLOBAL_UNICAST) ? 'public' : 'internal';
}

/** An address without the forms that hide one of IPv4 in one of IPv6; null where the text is none. */
export function plainAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4 || !isIn(address, NAT64)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

/** Whether an address lies in a range; one of the other family never does. */
export function isIn(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  range: [ipaddr.IPv4 | ipaddr.IPv6, number],
): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}
