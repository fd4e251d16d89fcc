import type { SpokenLanguage } from './language.ts';
import { de } from './languages/de.ts';
import { en, enGb } from './languages/en.ts';
import { es, esMx } from './languages/es.ts';
import { fr } from './languages/fr.ts';
import { hi } from './languages/hi.ts';
import { it } from './languages/it.ts';
import { nl } from './languages/nl.ts';
import { pt, ptPt } from './languages/pt.ts';

const BY_LANGUAGE: ReadonlyMap<string, SpokenLanguage> = new Map([
  ['de', de],
  ['en', en],
  ['es', es],
  ['fr', fr],
  ['hi', hi],
  ['it', it],
  ['nl', nl],
  ['pt', pt],
]);

/** Places that speak or write otherwise than the language's first. Source: CLDR's number and date formats. */
const BY_REGION: ReadonlyMap<string, SpokenLanguage> = new Map([
  ...['gb', 'uk', 'ie', 'au', 'nz', 'za', 'in', 'sg', 'hk', 'ng', 'ke'].map(
    (region) => [`en-${region}`, enGb] as const,
  ),
  ...['mx', 'us', '419', 'gt', 'hn', 'ni', 'pa', 'pr', 'do', 'sv', 'pe'].map(
    (region) => [`es-${region}`, esMx] as const,
  ),
  ...['pt', 'ao', 'mz'].map((region) => [`pt-${region}`, ptPt] as const),
]);

/** How a BCP 47 tag's language says numbers and symbols; undefined where its text is only cleaned. */
export function spokenLanguageOf(tag: string): SpokenLanguage | undefined {
  const [language = '', region = ''] = tag.toLowerCase().split(/[-_]/);
  return BY_REGION.get(`${language}-${region}`) ?? BY_LANGUAGE.get(language);
}
