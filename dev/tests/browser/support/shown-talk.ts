import type { Page } from 'playwright-core';

/** A segment as the Talk page shows it. */
export interface ShownSegment {
  readonly speaker: string;
  readonly text: string;
  /** What the page tells apart as not heard. */
  readonly unheard: string;
  readonly isFinal: boolean;
  readonly isInterrupted: boolean;
}

/** The transcript as the page shows it, from top to bottom. */
export function shownTalk(page: Page): Promise<ShownSegment[]> {
  return page.getByRole('log').evaluate((log) =>
    [...log.querySelectorAll<HTMLElement>('.segment')].map((segment) => ({
      speaker: segment.closest<HTMLElement>('.turn')?.dataset.speaker ?? '',
      text: segment.querySelector('.said')?.textContent ?? '',
      unheard: segment.querySelector('.unheard')?.textContent ?? '',
      isFinal: segment.dataset.final === 'true',
      isInterrupted: segment.dataset.interrupted === 'true',
    })),
  );
}

/** The state of the call in words, as the page's heading has it. */
export const shownState = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();
