import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';

/** What these fields hold is of a person, or may be: a room's name and an identity may be a phone number. */
const PERSONAL =
  /\b(roomName|participantId|identity|caller|callerName|phone|number|text|transcript|prompt|said)\b/;
const LOG_CALL = /\b\w*[lL]og(?:ger)?\??\.(?:trace|debug|info|warn|error|fatal|child)\(\s*(?=\{)/g;

/** The first argument of each log call, an object, without what stands under `personal`. */
function openFields(source: string): string[] {
  return [...source.matchAll(LOG_CALL)].map((call) => {
    const fields = balanced(source, call.index + call[0].length);
    const at = fields.search(/\bpersonal: \{/);
    return at < 0 ? fields : fields.replace(balanced(fields, fields.indexOf('{', at)), '');
  });
}

function balanced(text: string, from: number): string {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
}

it('logs hold personal data under `personal` only', () => {
  const root = projectFolder();
  const files = ['agent/src', 'web/server'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|(^|\/)testing\//.test(file))
      .map((file) => join(folder, file)),
  );
  const calls = files.flatMap((file) =>
    openFields(readFileSync(join(root, file), 'utf8')).map((fields) => ({ file, fields })),
  );
  expect(calls.length).toBeGreaterThan(50);
  expect(calls.filter(({ fields }) => PERSONAL.test(fields))).toEqual([]);
});

it('a log call with a name in the open is found', () => {
  expect(openFields('log.info({ roomName, callId }, "x")').map((fields) => PERSONAL.test(fields))).toEqual([
    true,
  ]);
  const hidden = openFields('deps.log.warn({ err, personal: { roomName: call.roomName } }, "x")');
  expect(hidden.map((fields) => PERSONAL.test(fields))).toEqual([false]);
});
