import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

const COOKIE = 'parley_login';
/** How long a login lasts, in s: 30 days. */
export const LOGIN_TTL_S = 30 * 24 * 60 * 60;

/** The token of a login, as the browser shows it; null where it shows none. */
export function readLoginCookie(c: Context): string | null {
  return getCookie(c, COOKIE) || null;
}

/** No script reads it, and no page of another site makes a browser send it. */
export function setLoginCookie(
  c: Context,
  token: string,
  { isSecure }: { readonly isSecure: boolean },
): void {
  const reach = { httpOnly: true, sameSite: 'Strict', path: '/', secure: isSecure } as const;
  setCookie(c, COOKIE, token, { ...reach, maxAge: LOGIN_TTL_S });
}

export function deleteLoginCookie(c: Context): void {
  deleteCookie(c, COOKIE, { path: '/' });
}
