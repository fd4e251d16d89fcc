import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFindLeftovers } from './find-leftovers.ts';

const MINUTE_MS = 60_000;

/** A data folder whose months are filled by name; each is a minute older than the clock that looks. */
function dataFolder(files: Readonly<Record<string, readonly string[]>>) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'parley-leftovers-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  let nowMs = Date.now() + MINUTE_MS;
  const folderOf = (month: string) => path.join(dataDir, 'recordings', month);
  const put = (month: string, name: string) => {
    mkdirSync(folderOf(month), { recursive: true });
    writeFileSync(path.join(folderOf(month), name), '');
  };
  for (const [month, names] of Object.entries(files)) for (const name of names) put(month, name);
  const find = createFindLeftovers(dataDir, () => nowMs);
  return {
    dataDir,
    put,
    folderOf,
    setNow: (epochMs: number) => (nowMs = epochMs),
    find: async () =>
      (await find()).map(({ file, claims }) => [path.relative(dataDir, file), ...claims].join(' ')),
  };
}

describe('what was left behind', () => {
  it('is every journal that has an owner, or was never confirmed to be whole', async () => {
    const { find } = dataFolder({
      '2026/10': ['a.main.1.ndjson', 'a.main.1.ndjson.shipped', 'a.1.wav', 'a.peaks.json'],
      '2026/11': [
        'b.main.1.ndjson',
        'c.main.1.ndjson',
        'c.main.1.ndjson.shipped',
        'c.main.1.ndjson.owner-3',
        'c.main.1.ndjson.owner-2',
        'c.main.2.ndjson',
        'c.main.2.ndjson.owner-1',
        'd.main.1.ndjson.owner-1',
        'notes.txt',
      ],
    });
    expect(await find()).toEqual([
      'recordings/2026/11/b.main.1.ndjson',
      'recordings/2026/11/c.main.1.ndjson 2 3',
      'recordings/2026/11/c.main.2.ndjson 1',
    ]);
  });

  it('is nothing where there is no folder yet', async () => {
    expect(await dataFolder({}).find()).toEqual([]);
  });

  it('is looked for in a month again when something has changed there', async () => {
    const { find, put, folderOf } = dataFolder({ '2026/11': ['a.main.1.ndjson', 'a.main.1.ndjson.shipped'] });
    expect(await find()).toEqual([]);
    put('2026/11', 'b.main.1.ndjson');
    expect(await find()).toEqual(['recordings/2026/11/b.main.1.ndjson']);
    expect(await find()).toEqual(['recordings/2026/11/b.main.1.ndjson']);
    rmSync(path.join(folderOf('2026/11'), 'b.main.1.ndjson'));
    expect(await find()).toEqual([]);
  });

  it('is not looked for in a month that nothing has touched', async () => {
    const { find, put, folderOf, setNow } = dataFolder({ '2026/11': ['notes.txt'] });
    const long = new Date(2026, 10, 1);
    utimesSync(folderOf('2026/11'), long, long);
    expect(await find()).toEqual([]);
    put('2026/11', 'b.main.1.ndjson');
    utimesSync(folderOf('2026/11'), long, long);
    expect(await find()).toEqual([]);
    setNow(Date.now());
    put('2026/12', 'c.main.1.ndjson');
    expect(await find()).toEqual(['recordings/2026/12/c.main.1.ndjson']);
  });

  it('is looked for again where the last change was a moment ago, since another may have the same time', async () => {
    const { find, put, folderOf, setNow } = dataFolder({ '2026/11': ['notes.txt'] });
    const then = new Date(2026, 10, 1);
    setNow(then.getTime() + 500);
    utimesSync(folderOf('2026/11'), then, then);
    expect(await find()).toEqual([]);
    put('2026/11', 'b.main.1.ndjson');
    utimesSync(folderOf('2026/11'), then, then);
    expect(await find()).toEqual(['recordings/2026/11/b.main.1.ndjson']);
  });
});
