import { expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { madePages } from './made-pages.ts';

it.each(madePages(projectFolder()))('$path says what the code says', ({ stored, made }) => {
  expect(stored, 'out of date: run npm run docs, and read what it changes').toBe(made);
});
