import { createContext, use } from 'react';
import type { CallSession } from '../room/call-session.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Navigation } from './navigation.ts';

/** What every page of the window shares. */
export interface Shell {
  readonly navigation: Navigation;
  readonly session: CallSession;
  readonly clock: Clock;
}

export const ShellContext = createContext<Shell | null>(null);

export function useShell(): Shell {
  const shell = use(ShellContext);
  if (shell === null) throw new Error('a page of the window was rendered outside of it');
  return shell;
}
