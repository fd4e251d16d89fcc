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
      page.locator('ul li').evaluateAll((items) =>
        items.map((item) => ({
          speaker: item.getAttribute('data-speaker') ?? '',
          segment: item.getAttribute('data-segment') ?? '',
          text: item.textContent ?? '',
        })),
      ),
    /** Types to the agent through the chat hook. */
    async type(text: string) {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.keyboard.press('Enter');
    },
    /** Both sides of the chat, as the chat hook tells them. */
    chat: (): Promise<string[]> =>
      page
        .locator('ol li')
        .evaluateAll((items) =>
          items.map((item) => `${item.getAttribute('data-speaker')}: ${item.textContent}`),
        ),
  };
}
