import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';

/** What a request of this server carries beside itself. */
export type ServerEnv = { Bindings: HttpBindings };

/** The address at the other end of the connection, perhaps a proxy's; empty where it is unknown. */
export function peerAddress(c: Context<ServerEnv>): string {
  return c.env?.incoming?.socket?.remoteAddress ?? '';
}

/**
 * Who is counted by a limit. Each proxy in front adds the address that it saw to the right of `X-Forwarded-For`, so the
 * client is as many places from the right as there are proxies; what stands further left is the client's own word. An
 * IPv6 client has a whole /64, so that is what counts.
 */
export function clientAddress(c: Context<ServerEnv>, trustedProxies: number): string {
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((part) => part.trim());
  const address = (trustedProxies > 0 ? forwarded.at(-trustedProxies) : undefined) || peerAddress(c);
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}
