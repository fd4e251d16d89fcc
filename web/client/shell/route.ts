/** What an address of the page leads to. */
export type Route =
  | { readonly page: 'talk' }
  | { readonly page: 'calls' }
  | { readonly page: 'access' }
  | { readonly page: 'call'; readonly callId: string };

export const TALK_PATH = '/';
export const CALLS_PATH = '/calls';
export const ACCESS_PATH = '/access';

/** A call's own address. */
export function callPath(callId: string): string {
  return `${CALLS_PATH}/${encodeURIComponent(callId)}`;
}

/** Which page a path shows; what is none of the others is the Talk page. */
export function routeOf(path: string): Route {
  const [first, second, ...more] = path.split('/').filter(Boolean);
  if (first === 'access' && second === undefined) return { page: 'access' };
  if (first !== 'calls' || more.length > 0) return { page: 'talk' };
  if (second === undefined) return { page: 'calls' };
  return { page: 'call', callId: decoded(second) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray percent sign: as it stands it names no call, which the page then says.
    return part;
  }
}
