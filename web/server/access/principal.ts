import { type LoginState, type Scope, scopeSchema } from '@parley/contracts/access-api';

/** What a request came in with. */
export type Principal =
  /** It came from this machine while nothing is asked of it. */
  | { readonly kind: 'this_machine' }
  /** The same, by a page of another site that may embed calls. */
  | { readonly kind: 'other_page' }
  | { readonly kind: 'access_key' }
  | { readonly kind: 'login' }
  | { readonly kind: 'api_key'; readonly keyId: string; readonly scopes: readonly Scope[] };

/** Who runs the server may everything; a key what it was made for; the page of another site begins calls. */
export function scopesOf(principal: Principal): LoginState['scopes'] {
  if (principal.kind === 'other_page') return ['calls:dial'];
  const isOperator = principal.kind !== 'api_key' || principal.scopes.includes('admin');
  return isOperator ? [...scopeSchema.options] : [...principal.scopes];
}

export function may(principal: Principal, scope: Scope): boolean {
  return scopesOf(principal).includes(scope);
}

/**
 * Whose calls a request may know of: a key without `admin` only those that were begun with it. A question for calls takes
 * this, so that none can be asked without it.
 */
export type CallScope =
  | { readonly kind: 'every' }
  /** Null: none. */
  | { readonly kind: 'ofKey'; readonly keyId: string | null };

export function callScopeOf(principal: Principal): CallScope {
  if (may(principal, 'admin')) return { kind: 'every' };
  return { kind: 'ofKey', keyId: principal.kind === 'api_key' ? principal.keyId : null };
}
