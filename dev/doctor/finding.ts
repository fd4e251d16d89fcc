/** What a look at one thing of this machine came to. */
export type Finding =
  | { readonly kind: 'sound'; readonly what: string; readonly detail: string }
  /** Parley runs, but not as well as it could. */
  | { readonly kind: 'warning'; readonly what: string; readonly detail: string; readonly cure: string }
  /** Parley does not run. */
  | { readonly kind: 'fault'; readonly what: string; readonly detail: string; readonly cure: string };

export const sound = (what: string, detail: string): Finding => ({ kind: 'sound', what, detail });
export const warning = (what: string, detail: string, cure: string): Finding => ({
  kind: 'warning',
  what,
  detail,
  cure,
});
export const fault = (what: string, detail: string, cure: string): Finding => ({
  kind: 'fault',
  what,
  detail,
  cure,
});
