import { join } from 'node:path';
import { priceFile } from '@parley/agent/config/values';
import { NO_PRICES, type PriceTable } from '@parley/engine/cost/price-table';
import type { Settings } from '../settings/layers.ts';

/** The price table that `npm start` would hand on, and its file; with what is wrong with it, where something is. */
export function readPrices(
  root: string,
  settings: Settings,
): { readonly file: string; readonly prices: PriceTable; readonly fault: string | null } {
  const file = settings.get('PARLEY_PRICES')?.value ?? join(root, 'prices.yaml');
  const read = priceFile.safeParse(file);
  if (read.success) return { file, prices: read.data, fault: null };
  return { file, prices: NO_PRICES, fault: read.error.issues.map(({ message }) => message).join('; ') };
}
