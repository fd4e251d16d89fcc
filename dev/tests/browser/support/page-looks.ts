import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of the pages go. */
export const PICTURE_FOLDER = join(tmpdir(), 'parley-pictures');

const SIZES = [
  { name: 'phone', width: 320, height: 640 },
  { name: 'tablet', width: 768, height: 1024 },
  { name: 'desktop', width: 1440, height: 900 },
] as const;

/**
 * Takes a picture of the page as it is now, on a small phone, a tablet and a desktop, light and dark. Resolves with the sizes at
 * which something sticks out to the side.
 */
export async function takeLooks(page: Page, name: string): Promise<string[]> {
  await mkdir(PICTURE_FOLDER, { recursive: true });
  const tooWide: string[] = [];
  for (const { name: sizeName, width, height } of SIZES) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(PICTURE_FOLDER, `${name}-${sizeName}-${colorScheme}.png`) });
    }
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (isTooWide) tooWide.push(sizeName);
  }
  return tooWide;
}
