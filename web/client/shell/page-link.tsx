import type { MouseEvent, ReactNode } from 'react';
import { useShell } from './shell-context.ts';

/** A link within the window. Whatever the browser has a way of its own for (another tab, a download) is left to it. */
export function PageLink({
  href,
  className,
  isCurrent = false,
  children,
}: {
  readonly href: string;
  readonly className?: string;
  /** It leads to the page that is shown. Default false. */
  readonly isCurrent?: boolean;
  readonly children: ReactNode;
}) {
  const { navigation } = useShell();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigation.go(href);
  };
  return (
    <a href={href} className={className} aria-current={isCurrent ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
