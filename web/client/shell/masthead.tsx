import { useStore } from '../talk/use-store.ts';
import { PageLink } from './page-link.tsx';
import { ACCESS_PATH, CALLS_PATH, type Route, TALK_PATH } from './route.ts';
import { useShell } from './shell-context.ts';
import './masthead.css';

/** The name, and the ways to the other pages. A call that runs is marked at the way back to it. */
export function Masthead({ page }: { readonly page: Route['page'] }) {
  const { session } = useShell();
  const { phase } = useStore(session).call;
  const runs = phase === 'inRoom' || phase === 'starting' || phase === 'returning';
  return (
    <header className="masthead">
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <span className="brand">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        Parley
      </span>
      <nav aria-label="Pages">
        <PageLink href={TALK_PATH} isCurrent={page === 'talk'}>
          Talk
          {runs && page !== 'talk' && <span className="running">in a call</span>}
        </PageLink>
        <PageLink href={CALLS_PATH} isCurrent={page === 'calls' || page === 'call'}>
          Calls
        </PageLink>
        <PageLink href={ACCESS_PATH} isCurrent={page === 'access'}>
          Access
        </PageLink>
      </nav>
    </header>
  );
}
