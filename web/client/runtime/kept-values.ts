/** What the page remembers between visits, as texts by name. A browser that keeps nothing remembers nothing. */
export interface KeptValues {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

/** Nothing is remembered. */
export function createForgottenValues(): KeptValues {
  return { get: () => null, set() {} };
}

/** Kept by the browser under the page's own prefix. */
export function createKeptValues(storage: () => Storage): KeptValues {
  const key = (name: string) => `parley.${name}`;
  return {
    get(name) {
      try {
        return storage().getItem(key(name));
      } catch {
        // Storage is switched off, for example for frames of other sites.
        return null;
      }
    },
    set(name, value) {
      try {
        if (value === null) storage().removeItem(key(name));
        else storage().setItem(key(name), value);
      } catch {
        // Switched off or full: the choice holds for this visit.
      }
    },
  };
}
