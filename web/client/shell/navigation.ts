/** Where the page is. */
export interface Place {
  readonly path: string;
  /** The query with its question mark; empty where there is none. */
  readonly query: string;
}

/** The page's address, changed without loading the page anew: a call that runs goes on. */
export interface Navigation {
  subscribe(listener: () => void): () => void;
  view(): Place;
  /** The page that is shown was come to from another one, and not loaded at its address. */
  hasMoved(): boolean;
  /** Goes to an address of this page. `replaces`: the present one is not to be returned to. Default false. */
  go(href: string, options?: { readonly replaces: boolean }): void;
}

export function createNavigation(window: Window): Navigation {
  const { history, location } = window;
  const listeners = new Set<() => void>();
  const read = (): Place => ({ path: location.pathname, query: location.search });
  let place = read();
  let hasMoved = false;
  const tell = () => {
    hasMoved ||= location.pathname !== place.path;
    place = read();
    for (const listener of listeners) listener();
  };
  window.addEventListener('popstate', tell);
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => place,
    hasMoved: () => hasMoved,
    go(href, { replaces } = { replaces: false }) {
      const { pathname: former } = location;
      if (replaces) history.replaceState(null, '', href);
      else history.pushState(null, '', href);
      if (location.pathname !== former) window.scrollTo(0, 0);
      tell();
    },
  };
}
