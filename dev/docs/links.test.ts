import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';

const root = projectFolder();
const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  ...inDocs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  it('links to what is there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});

it('the tables of ARCHITECTURE.md name files and folders that are there; a bare name stands beside the one before it', () => {
  const lines = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n');
  const rows = lines.filter((line) => line.startsWith('|'));
  const missing = rows.flatMap((row) => {
    let folder = '';
    return [...row.matchAll(/`([\w./-]+(?:\/|\.tsx?|\.md))`/g)].flatMap(([, name = '']) => {
      const path = name.includes('/') ? name : join(folder, name);
      folder = path.endsWith('/') ? path : dirname(path);
      return existsSync(join(root, path)) ? [] : [path];
    });
  });
  expect(missing).toEqual([]);
});
