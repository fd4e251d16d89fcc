import ipaddr from 'ipaddr.js';
import { isIn, plainAddress } from './address-kind.ts';

/** What the operator lets requests go to beside the internet. */
export type AllowRule =
  | { readonly kind: 'host'; readonly host: string; readonly port: number | null }
  | {
      readonly kind: 'range';
      readonly range: [ipaddr.IPv4 | ipaddr.IPv6, number];
      readonly port: number | null;
    };

const FORM = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/;
const HOST = /^[a-z0-9_]([a-z0-9._-]*[a-z0-9])?$/;

/** Reads `host`, `host:port`, an address with or without a port (IPv6 in brackets), or a CIDR; null where it is none. */
export function readAllowRule(text: string): AllowRule | null {
  if (ipaddr.isValidCIDR(text)) return { kind: 'range', range: ipaddr.parseCIDR(text), port: null };
  if (ipaddr.IPv6.isValid(text)) return addressRule(text, null);
  const [, bracketed, plain, portText] = FORM.exec(text) ?? [];
  const port = portText === undefined ? null : Number(portText);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  if (bracketed !== undefined) return ipaddr.IPv6.isValid(bracketed) ? addressRule(bracketed, port) : null;
  const host = plainHost(plain ?? '');
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return addressRule(host, port);
  // Digits and dots that are no address are one that was written wrongly.
  return HOST.test(host) && !/^[\d.]+$/.test(host) ? { kind: 'host', host, port } : null;
}

/** Whether the operator allows what has that name and port, wherever the name leads. */
export function allowsHost(
  rules: readonly AllowRule[],
  target: { readonly host: string; readonly port: number },
): boolean {
  const host = plainHost(target.host);
  return rules.some((rule) => rule.kind === 'host' && rule.host === host && isPortOf(rule, target.port));
}

/** Whether the operator allows that address and port. */
export function allowsAddress(
  rules: readonly AllowRule[],
  target: { readonly address: string; readonly port: number },
): boolean {
  const address = plainAddress(target.address);
  if (address === null) return false;
  return rules.some(
    (rule) => rule.kind === 'range' && isIn(address, rule.range) && isPortOf(rule, target.port),
  );
}

/** A name as it is compared: in small letters, without the dot that may end it. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function addressRule(text: string, port: number | null): AllowRule | null {
  const address = plainAddress(text);
  if (address === null) return null;
  return { kind: 'range', range: [address, address.kind() === 'ipv4' ? 32 : 128], port };
}

function isPortOf(rule: AllowRule, port: number): boolean {
  return rule.port === null || rule.port === port;
}
