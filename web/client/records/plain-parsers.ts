// biome-ignore lint/style/noRestrictedImports: the pages of the record are loaded when they are asked for, never first.
import { z } from 'zod';

/**
 * Compiled parsers are made from text, which the page's content security policy forbids and reports. Imported first of all
 * by each page that reads by the schemas of contracts/: a schema asks at its making.
 */
z.config({ jitless: true });
