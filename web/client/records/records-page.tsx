import { type ReactNode, useEffect } from 'react';
import { Masthead } from '../shell/masthead.tsx';
import type { Route } from '../shell/route.ts';
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
      <main>{children}</main>
    </div>
  );
}
