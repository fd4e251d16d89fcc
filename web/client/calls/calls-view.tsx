import '../records/plain-parsers.ts';
import { useEffect, useMemo, useRef, useState } from 'react';
import { FaultCard } from '../records/fault-card.tsx';
import { faultWords } from '../records/fault-words.ts';
import { followLiveCalls } from '../records/live-calls.ts';
import { RecordsPage } from '../records/records-page.tsx';
import { useAgents } from '../records/use-agents.ts';
import { useDesk, useDeskView } from '../records/use-desk.ts';
import { utcOffsetMinutes } from '../runtime/calendar.ts';
import { browserClockZeroEpochMs } from '../runtime/clock.ts';
import { PageLink } from '../shell/page-link.tsx';
import { CALLS_PATH, TALK_PATH } from '../shell/route.ts';
import { useShell } from '../shell/shell-context.ts';
import { useNow } from '../talk/use-now.ts';
import { useStore } from '../talk/use-store.ts';
import { apiQueryOf, type CallChoice, choiceOf, everyCall, queryOf } from './call-choice.ts';
import { CallsCharts } from './calls-charts.tsx';
import { createCallsDesk, type ListState } from './calls-desk.ts';
import { CallsTable } from './calls-table.tsx';
import { choosableAgents, FilterBar } from './filter-bar.tsx';
import './calls-view.css';

/** The history of calls, and those that run. What is chosen stands in the page's address. */
export function CallsView() {
  const { navigation, clock } = useShell();
  const { query } = useStore(navigation);
  const choice = useMemo(() => choiceOf(query), [query]);
  const [offsetMinutes] = useState(utcOffsetMinutes);
  const desk = useDesk(() =>
    createCallsDesk({
      fetch: window.fetch,
      clock,
      choice,
      utcOffsetMinutes: offsetMinutes,
      followLive: (handlers) => followLiveCalls({ clock, ...handlers }),
    }),
  );
  const view = useDeskView(desk);
  const shown = useRef(choice);
  useEffect(() => {
    if (desk === null || shown.current === choice) return;
    shown.current = choice;
    desk.choose(choice);
  }, [desk, choice]);

  const announced = useAgents();
  const list: ListState = view?.list ?? { phase: 'loading', calls: [] };
  const calls = list.phase === 'failed' ? [] : list.calls;
  const nowMs = useNow(
    clock,
    calls.some(({ state }) => state === 'active'),
  );
  const change = (next: CallChoice, { replaces }: { readonly replaces: boolean }) =>
    navigation.go(`${CALLS_PATH}${queryOf(next)}`, { replaces });

  if (list.phase === 'failed' && desk !== null) {
    return (
      <RecordsPage page="calls" title="Calls">
        <FaultCard fault={list.fault} onRetry={desk.retry} />
      </RecordsPage>
    );
  }
  return (
    <RecordsPage page="calls" title="Calls">
      <header className="calls-head">
        <h1>Calls</h1>
        <p className="exports">
          <a href={exportPath(choice, 'csv')} download>
            Export CSV
          </a>
          <a href={exportPath(choice, 'json')} download>
            JSON
          </a>
        </p>
        <p className="live-line" data-line={view?.line ?? 'connecting'}>
          {view?.line === 'away' ? 'Live updates are interrupted' : 'Live'}
        </p>
      </header>
      {view?.stats && <CallsCharts stats={view.stats} choice={choice} utcOffsetMinutes={offsetMinutes} />}
      <FilterBar
        choice={choice}
        agents={choosableAgents(announced, calls, choice.agent)}
        clock={clock}
        onChange={change}
      />
      <p className="visually-hidden" role="status">
        {statusWords(list)}
      </p>
      <section className="calls-list" aria-label="Calls" aria-busy={list.phase === 'loading'}>
        {calls.length > 0 && (
          <CallsTable
            calls={calls}
            titles={new Map(announced.map(({ name, title }) => [name, title]))}
            nowMs={nowMs + browserClockZeroEpochMs()}
          />
        )}
        {list.phase === 'loading' && calls.length === 0 && <Loading />}
        {list.phase === 'ready' && calls.length === 0 && <Nothing choice={choice} />}
      </section>
      {list.phase === 'ready' && list.nextCursor !== null && (
        <div className="more">
          {list.more.kind !== 'idle' && list.more.kind !== 'loading' && list.more.kind !== 'locked' && (
            <p role="alert">{faultWords(list.more).title}.</p>
          )}
          <button
            type="button"
            className="button quiet-button"
            disabled={list.more.kind === 'loading'}
            onClick={desk?.loadMore}
          >
            {list.more.kind === 'loading' ? 'Loading' : 'Show earlier calls'}
          </button>
        </div>
      )}
    </RecordsPage>
  );
}

/** Every call of the choice, as a file. */
function exportPath(choice: CallChoice, format: 'csv' | 'json'): string {
  const query = apiQueryOf(choice);
  query.set('format', format);
  return `/api/calls/export?${query}`;
}

function Nothing({ choice }: { readonly choice: CallChoice }) {
  const isChosen = queryOf(choice) !== '';
  return (
    <div className="nothing">
      <h2>{isChosen ? 'No call fits' : 'No call yet'}</h2>
      <p>
        {isChosen
          ? 'Take a filter away, or search for other words.'
          : 'Calls appear here as they begin, and stay with what was said.'}
      </p>
      {isChosen ? (
        <PageLink className="button quiet-button" href={`${CALLS_PATH}${queryOf(everyCall)}`}>
          Show all calls
        </PageLink>
      ) : (
        <PageLink className="button start" href={TALK_PATH}>
          Make the first call
        </PageLink>
      )}
    </div>
  );
}

/** Rows to be, so that the page does not jump. */
function Loading() {
  return (
    <div className="loading" aria-hidden="true">
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <span key={row} />
      ))}
    </div>
  );
}

function statusWords(list: ListState): string {
  if (list.phase === 'loading') return 'Loading calls';
  if (list.phase === 'failed') return '';
  const { length } = list.calls;
  return `${length}${list.nextCursor === null ? '' : ' or more'} ${length === 1 ? 'call' : 'calls'}`;
}
