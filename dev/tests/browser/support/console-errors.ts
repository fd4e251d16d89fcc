import type { Page } from 'playwright-core';

/** Collects what goes wrong in a page: errors on its console and exceptions that nobody caught. */
export function watchErrors(page: Page): readonly string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}
