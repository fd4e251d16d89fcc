import { type ReactNode, useEffect, useRef } from 'react';
import { Masthead } from '../shell/masthead.tsx';
import type { Route } from '../shell/route.ts';
import { useShell } from '../shell/shell-context.ts';
import './records-page.css';

/** The frame of a page of the record: the masthead, and the page below it. `title` names the window. */
export function RecordsPage({
  page,
  title,
  children,
}: {
  readonly page: Route['page'];
  readonly title: string;
  readonly children: ReactNode;
}) {
  const { navigation } = useShell();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    // The link that led here is gone, and with it the place of who goes by keyboard or listens.
    if (navigation.hasMoved() && document.activeElement === document.body) main.current?.focus();
  }, [navigation]);
  useEffect(() => {
    const former = document.title;
    document.title = `${title} · Parley`;
    return () => {
      document.title = former;
    };
  }, [title]);
  return (
    <div className="records">
      <Masthead page={page} />
      <main id="page" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
