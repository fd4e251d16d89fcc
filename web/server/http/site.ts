import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import { ApiError } from './api-error.ts';
import { isLoopbackHost } from './loopback.ts';

/** The server under one of its own names. */
export interface Site {
  readonly isSecure: boolean;
  /** What LiveKit's clients take as the address of the server: `ws:` or `wss:`, without a closing slash. */
  readonly serverUrl: string;
}

/** Decides under which names the server answers, and which pages may ask it for something. */
export interface SiteRules {
  /**
   * The server as the request names it; null where the name is not ours. A page of a stranger whose DNS name was bound
   * to this machine's address would otherwise be of one origin with us.
   */
  find(c: Context): Site | null;
  /** As `find`. Throws `ApiError` `host_not_allowed`. */
  require(c: Context): Site;
  /** Throws `ApiError` `origin_not_allowed` where a browser says that a page of another origin asks. */
  checkOrigin(c: Context): void;
  /** Whether a browser says which page asks: with every POST it does, and nobody else need be believed. */
  isPage(c: Context): boolean;
  /** Whether a browser says that a page of another origin asks, one that the operator named. */
  isOtherPage(c: Context): boolean;
  /** Whether the operator named an origin other than our own. */
  isAllowedOrigin(origin: string): boolean;
}

export function createSiteRules(settings: {
  readonly host: string;
  readonly publicUrl: string | null;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: number;
}): SiteRules {
  const { publicUrl, trustedProxies, allowedOrigins } = settings;
  const published = publicUrl === null ? null : new URL(publicUrl);
  const isOpen = !isLoopbackHost(settings.host);

  /** A number cannot be bound to another machine by DNS, so that every address is ours once we listen beyond loopback. */
  const isOurs = (name: string) =>
    isLoopbackHost(name) ||
    name === published?.hostname ||
    (isOpen && (name === settings.host.toLowerCase() || ipaddr.isValid(name.replace(/^\[(.*)\]$/, '$1'))));

  /** Only the host is compared: a proxy that ends TLS leaves us no way to know the page's scheme. */
  const isOwnPage = (origin: string, host: string) =>
    origin === published?.origin || (URL.canParse(origin) && new URL(origin).host === host);

  const rules: SiteRules = {
    find(c) {
      const { host, isSecure, origin } = readArrival(c, trustedProxies);
      const name = hostNameOf(host);
      if (name === null || !isOurs(name)) return null;
      // A proxy that puts its own name for us into Host leaves the public one in Origin.
      const isPublic = host === published?.host || (origin !== null && origin === published?.origin);
      if (publicUrl === null || !isPublic)
        return { isSecure, serverUrl: `${isSecure ? 'wss' : 'ws'}://${host}` };
      return { isSecure: publicUrl.startsWith('https:'), serverUrl: publicUrl.replace(/^http/, 'ws') };
    },
    require(c) {
      const site = rules.find(c);
      if (site !== null) return site;
      throw new ApiError(
        'host_not_allowed',
        `This server does not answer to the name ${JSON.stringify(readArrival(c, trustedProxies).host.slice(0, 100))}. ` +
          'Whoever runs it sets PUBLIC_URL to the address that people use.',
      );
    },
    checkOrigin(c) {
      const { host, origin } = readArrival(c, trustedProxies);
      if (origin === null || isOwnPage(origin, host) || allowedOrigins.includes(origin)) return;
      throw new ApiError(
        'origin_not_allowed',
        `Pages of ${origin.slice(0, 100)} may not use this server. Whoever runs it adds the origin to PARLEY_ALLOWED_ORIGINS.`,
      );
    },
    isPage: (c) => readArrival(c, trustedProxies).origin !== null,
    isOtherPage(c) {
      const { host, origin } = readArrival(c, trustedProxies);
      return origin !== null && !isOwnPage(origin, host);
    },
    isAllowedOrigin: (origin) => allowedOrigins.includes(origin),
  };
  return rules;
}

/** How a request reached this server, in headers that proxies may have laid over it. */
interface Arrival {
  /** A name or address with its port. */
  readonly host: string;
  readonly isSecure: boolean;
  /** Null where the client sent none, as browsers do for pages of our own. */
  readonly origin: string | null;
}

/** Forwarded headers count only where the operator says that proxies stand in front. */
function readArrival(c: Context, trustedProxies: number): Arrival {
  const url = new URL(c.req.url);
  const forwarded = (name: string) => {
    const values = (c.req.header(name) ?? '').split(',').map((part) => part.trim());
    return trustedProxies > 0 ? values.at(-trustedProxies) || values[0] || null : null;
  };
  return {
    host: forwarded('x-forwarded-host') ?? url.host,
    isSecure: (forwarded('x-forwarded-proto') ?? url.protocol.replace(':', '')) === 'https',
    origin: c.req.header('origin') ?? null,
  };
}

/** The name in a Host header, IPv6 addresses in brackets; null where it is none. */
function hostNameOf(host: string): string | null {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return null;
  const { hostname, username, pathname, search } = new URL(url);
  return username === '' && pathname === '/' && search === '' ? hostname.toLowerCase() : null;
}
