import type { IncomingMessage } from 'node:http';
import type { SimulatedRequest, SimulatedRoute, SimulatedVendor } from './simulated-vendor.ts';

export interface RoutedRequest<R extends SimulatedRoute = SimulatedRoute> {
  readonly vendor: SimulatedVendor;
  readonly route: R;
  readonly request: SimulatedRequest;
}

/** Finds who answers: the vendor by the path's first part, its route by the rest. */
export function findRoute<K extends SimulatedRoute['kind']>(
  vendors: readonly SimulatedVendor[],
  kind: K,
  incoming: IncomingMessage,
  body: Uint8Array,
):
  | ({ readonly kind: 'found' } & RoutedRequest<Extract<SimulatedRoute, { readonly kind: K }>>)
  | { readonly kind: 'none'; readonly body: string } {
  const method = incoming.method ?? 'GET';
  const url = new URL(incoming.url ?? '/', 'http://simulators');
  const [, name = '', path = '/'] = /^\/+([^/]+)(\/.*)?$/.exec(url.pathname.replace(/\/{2,}/g, '/')) ?? [];
  const vendor = vendors.find((candidate) => candidate.name === name);
  if (vendor === undefined) {
    return none(`no vendor "${name}" is simulated; there are: ${vendors.map((one) => one.name).join(', ')}`);
  }
  for (const route of vendor.routes) {
    const match = route.path.exec(path);
    const takesMethod = route.kind === 'socket' || route.method === method;
    if (match === null || !takesMethod || !isOfKind(route, kind)) continue;
    const request: SimulatedRequest = {
      method,
      path,
      params: { ...match.groups },
      query: url.searchParams,
      headers: incoming.headers,
      body,
    };
    return { kind: 'found', vendor, route, request };
  }
  return none(`the simulated ${name} has no ${kind === 'http' ? method : 'websocket'} ${path}`);
}

function isOfKind<K extends SimulatedRoute['kind']>(
  route: SimulatedRoute,
  kind: K,
): route is Extract<SimulatedRoute, { readonly kind: K }> {
  return route.kind === kind;
}

function none(message: string): { readonly kind: 'none'; readonly body: string } {
  return { kind: 'none', body: JSON.stringify({ error: { message } }) };
}
