import { lazy, Suspense } from 'react';
import type { Talk } from '../talk/talk.ts';
import { TalkView } from '../talk/talk-view.tsx';
import { useStore } from '../talk/use-store.ts';
import { LoadGuard } from './load-guard.tsx';
import { routeOf } from './route.ts';
import { useShell } from './shell-context.ts';

const AccessView = lazy(async () => ({ default: (await import('../access/access-view.tsx')).AccessView }));
const CallsView = lazy(async () => ({ default: (await import('../calls/calls-view.tsx')).CallsView }));
const CallView = lazy(async () => ({ default: (await import('../call/call-view.tsx')).CallView }));

/** The window: the page that its address names. Pages of the record are loaded when they are first asked for. */
export function App({ talk }: { readonly talk: Talk }) {
  const { path } = useStore(useShell().navigation);
  const route = routeOf(path);
  if (route.page === 'talk') return <TalkView talk={talk} frame="page" />;
  return (
    <LoadGuard key={path}>
      <Suspense fallback={null}>
        {route.page === 'calls' && <CallsView />}
        {route.page === 'call' && <CallView key={route.callId} callId={route.callId} />}
        {route.page === 'access' && <AccessView />}
      </Suspense>
    </LoadGuard>
  );
}
