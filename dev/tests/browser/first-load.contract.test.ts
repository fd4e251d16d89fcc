import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuiltPage, buildClient } from './support/built-page.ts';

/** What a first visit may load before the Start button works, in bytes after gzip. */
const MAX_FIRST_LOAD_BYTES = 250_000;

let built: BuiltPage;

beforeAll(async () => {
  built = await buildClient();
}, 120_000);

afterAll(() => built?.remove());

it('keeps the first load of the call page small', async () => {
  const sizes = await eagerFiles();
  const sum = [...sizes.values()].reduce((total, bytes) => total + bytes, 0);
  process.stdout.write(`first load: ${sum} bytes of ${MAX_FIRST_LOAD_BYTES} after gzip\n`);
  expect(sum, [...sizes].map(([name, bytes]) => `${name} ${bytes}`).join('\n')).toBeLessThanOrEqual(
    MAX_FIRST_LOAD_BYTES,
  );
});

it.each(['zod', '@livekit/components-react'])('keeps %s out of the page', async (name) => {
  const scripts = [...(await eagerFiles()).keys()].filter((file) => file.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) {
    const sources = await sourcesOf(script);
    expect(sources.filter((source) => source.includes(`/node_modules/${name}/`))).toEqual([]);
  }
});

/** What a script was made of; nothing for the bundler's own, which has no map. */
async function sourcesOf(script: string): Promise<readonly string[]> {
  const code = await readFile(join(built.folder, script), 'utf8');
  if (!code.includes('//# sourceMappingURL=')) return [];
  return JSON.parse(await readFile(join(built.folder, `${script}.map`), 'utf8')).sources;
}

/** The page, and every file that it loads of itself, with the size after gzip. */
async function eagerFiles(): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const take = async (name: string) => {
    if (sizes.has(name)) return;
    const content = await readFile(join(built.folder, name));
    sizes.set(name, gzipSync(content).length);
    for (const next of namedFiles(name, content.toString('utf8'))) await take(next);
  };
  await take('index.html');
  return sizes;
}

/** What a page names in its head, or a script imports before it runs. */
function namedFiles(name: string, content: string): string[] {
  if (name.endsWith('.html'))
    return [...content.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].flatMap(([, file]) => file ?? []);
  if (!name.endsWith('.js')) return [];
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const imports = content.matchAll(/(?:^|[;\n}])(?:import|export)(?:[\w${},*\s]+from)?\s*"\.\/([^"]+)"/g);
  return [...imports].flatMap(([, file]) => (file ? `${folder}${file}` : []));
}
