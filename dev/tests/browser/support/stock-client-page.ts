import type { Page } from 'playwright-core';

/** A line as LiveKit's own hooks give it. */
export interface StockLine {
  readonly speaker: string;
  readonly segment: string;
  readonly text: string;
}

/** What the page of the tests shows that is made of LiveKit's own hooks. */
export function readStockClient(page: Page) {
  return {
    agentState: () => page.getByTestId('agent-state').textContent(),
    agentSound: () => page.getByTestId('agent-sound').textContent(),
    lines: (): Promise<StockLine[]> =>
      page.locator('li').evaluateAll((items) =>
        items.map((item) => ({
          speaker: item.getAttribute('data-speaker') ?? '',
          segment: item.getAttribute('data-segment') ?? '',
          text: item.textContent ?? '',
        })),
      ),
  };
}
