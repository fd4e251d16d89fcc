import type { Page } from 'playwright-core';

/** Notes, by the page's `performance.now()`, each time the page turns its agent down. */
export async function watchFalls(page: Page): Promise<{ falls(): Promise<number[]> }> {
  await page.evaluate(() => {
    const falls: number[] = [];
    Object.assign(window, { speakerFalls: falls });
    let wasDown = false;
    setInterval(() => {
      const isDown = (document.querySelector('audio')?.volume ?? 1) < 0.05;
      if (isDown && !wasDown) falls.push(performance.now());
      wasDown = isDown;
    }, 2);
  });
  return {
    falls: () => page.evaluate(() => (window as unknown as { speakerFalls: number[] }).speakerFalls),
  };
}
