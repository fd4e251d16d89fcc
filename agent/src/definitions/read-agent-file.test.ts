import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createMonotonicClock } from '../runtime/clock.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { faultInWords } from './definition-fault.ts';
import { readAgentFile } from './read-agent-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-agent-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function told(name: string, content?: string | Uint8Array): Promise<readonly string[] | string> {
  if (content !== undefined) await writeFile(path.join(folder, name), content);
  const reader = { faultsHere: () => [], clock: createMonotonicClock() };
  const read = await readAgentFile(name, path.join(folder, name), reader);
  return read.kind === 'sound' ? read.agent.definition.title : read.faults.map(faultInWords);
}

const sound = 'name: desk\ntitle: Blåbär ☎\ngreeting: Hello.\nprompt: Be kind.\n';

describe('a file that is no text of an agent', () => {
  it.each([
    ['empty.yaml', '', 'is empty'],
    ['blank.ts', '\n \n', 'is empty'],
    ['latin.yaml', Buffer.from(sound, 'latin1'), 'is not UTF-8 text; save it as UTF-8'],
    [
      'image.yaml',
      Uint8Array.from({ length: 600 }, (_, at) => (at * 7) % 256),
      'is not UTF-8 text; save it as UTF-8',
    ],
    ['huge.yaml', Buffer.alloc(10_000_000, '# '), 'has 10000000 bytes; an agent file has at most 1048576'],
    ['agent.json', '{}', 'is no agent file: it must end in .yaml, .yml, .ts or .mts'],
    ['absent.yaml', undefined, 'is not there'],
  ])('%s is told so', async (name, content, fault) => {
    expect(await told(name, content)).toEqual([`${name}: ${fault}`]);
  });

  it('but a folder is told so', async () => {
    await mkdir(path.join(folder, 'folder.yaml'));
    expect(await told('folder.yaml')).toEqual(['folder.yaml: is a folder, not a file']);
  });
});

test('letters, a byte order mark and line ends of any system are read', async () => {
  expect(await told('crlf.yaml', `\uFEFF${sound.replaceAll('\n', '\r\n')}`)).toBe('Blåbär ☎');
});

test('many faults are counted', async () => {
  const extra = Array.from({ length: 80 }, (_, index) => `extra${index}: 1`).join('\n');
  const faults = await told('many.yaml', sound + extra);
  expect(faults).toHaveLength(51);
  expect(faults.at(-1)).toBe('many.yaml: has 30 more faults');
});

const inTypeScript = (body: string) => `
import { defineAgent } from 'parley';

${body}
`;

describe('an agent file in TypeScript', () => {
  it('is read without any package around it', async () => {
    const text = inTypeScript(`interface Lines { readonly hello: string }
      const lines: Lines = { hello: 'Hello.' };
      export default defineAgent({ name: 'desk', title: 'Typed', greeting: lines.hello, prompt: 'Be kind.' });`);
    expect(await told('typed.ts', text)).toBe('Typed');
    expect(await told('typed.mts', text)).toBe('Typed');
  });

  it.each([
    ['throws', 'throw new Error("no database");', [':4:1: no database']],
    ['syntax', 'export default {\n  name: "desk"\n  title: 3 };', [':6:3: is not sound TypeScript: …']],
    ['nothing', 'export const agent = { name: "desk" };', [': exports no agent; …']],
    ['list', 'export default [{ name: "a" }, { name: "b" }];', [': exports a list; …']],
    ['function', 'export default { name: () => "desk" };', [' name: must be plain data, not a function']],
    ['class', 'export default { title: new Map() };', [' title: must be plain data, not a Map']],
    [
      'number',
      'export default { turn: { minWords: NaN } };',
      [' turn.minWords: must be plain data, not NaN'],
    ],
    ['loop', 'const a: any = {}; a.turn = { a }; export default a;', [' turn.a: holds itself']],
    ['getter', 'export default { get name() { throw new Error("not today"); } };', [':4:1: not today']],
    ['import', 'import x from "not-there"; export default x;', [":4:1: Cannot find module 'not-there'"]],
    ['leaves', 'process.exit(0);', [': leaves the process at import']],
    ['later', 'Promise.reject(new Error("too late")); await new Promise(() => {});', [': too late']],
    ['text', 'throw "just text";', [': just text']],
    [
      'values',
      'export default defineAgent({ name: "desk", title: 7, greting: "Hello" } as never);',
      [
        ' title: must be text, not the number 7',
        ' greeting: is missing',
        ' greting: is not known; did you mean "greeting"?',
        ' script: is missing: …',
      ],
    ],
  ])('that is wrong (%s) is told so', async (name, body, faults) => {
    const file = `wrong-${name}.ts`;
    const starts = faults.map((fault) => expect.stringContaining(file + fault.replace('…', '')));
    expect(await told(file, inTypeScript(body))).toEqual(starts);
  });

  it('that never ends is given up after 10 s, and nothing of it goes on', async () => {
    const file = path.join(folder, 'endless.ts');
    await writeFile(file, inTypeScript('for (;;);'));
    const clock = createVirtualClock();
    const reading = readAgentFile('endless.ts', file, { faultsHere: () => [], clock });
    await expect.poll(() => clock.pendingTimers).toBe(1);
    await clock.advance(10_000);
    const read = await reading;
    expect(read.kind === 'faulty' && read.faults.map(faultInWords)).toEqual([
      'endless.ts: did not end within 10 s; what runs at import must come to an end',
    ]);
    expect(clock.pendingTimers).toBe(0);
  });
});
