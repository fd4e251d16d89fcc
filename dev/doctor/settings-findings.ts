import { existsSync } from 'node:fs';
import type { ProjectSettings } from '../parley/settings-of-project.ts';
import { SCHEMAS, VARIABLES } from '../settings/catalogue.ts';
import { isOpenToOthers } from '../settings/keys-file.ts';
import { AGENT_SECRET_PREFIX } from '../settings/variable.ts';
import { type Finding, fault, sound, warning } from './finding.ts';

/** Every setting that was given and cannot be, every line of .env that nobody reads, and keys that others can read. */
export async function settingsFindings(project: ProjectSettings): Promise<readonly Finding[]> {
  const findings = [...invalidSettings(project), ...unknownNames(project), ...keysOfAnotherServer(project)];
  if (existsSync(project.keysFile) && (await isOpenToOthers(project.keysFile))) {
    findings.push(
      fault('keys', `others on this machine can read ${project.keysFile}`, `chmod 600 ${project.keysFile}`),
    );
  }
  if (findings.length > 0) return findings;
  const keys = existsSync(project.keysFile)
    ? `keys in ${project.keysFile}`
    : 'keys are made at the first start';
  return [sound('settings', `${project.settings.size} given; ${keys}`)];
}

function invalidSettings({ settings }: ProjectSettings): Finding[] {
  return [...settings].flatMap(([name, { value, source }]) => {
    const problems = Object.values(SCHEMAS).flatMap(({ shape }) => {
      const parsed = shape[name]?.safeParse(value);
      return parsed === undefined || parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
    });
    const [problem] = problems;
    if (problem === undefined) return [];
    const shown = VARIABLES.get(name)?.isSecret === true ? 'set' : JSON.stringify(value);
    return [fault('settings', `${name} is ${shown} (from ${source}), but ${problem}`, `correct ${name}`)];
  });
}

function unknownNames({ layers }: ProjectSettings): Finding[] {
  return Object.keys(layers['.env'])
    .filter((name) => !VARIABLES.has(name) && !name.startsWith(AGENT_SECRET_PREFIX))
    .map((name) => {
      const near = [...VARIABLES.keys()].find((known) => distance(known, name) <= 2);
      const cure =
        near === undefined
          ? 'remove it, or see npm run doctor -- --config for what is read'
          : `write ${near}`;
      return warning('settings', `.env sets ${name}, which nobody reads`, cure);
    });
}

function keysOfAnotherServer({ settings }: ProjectSettings): Finding[] {
  if (!settings.has('LIVEKIT_URL')) return [];
  return ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']
    .filter((name) => !settings.has(name))
    .map((name) =>
      fault('settings', `LIVEKIT_URL is set, but not ${name}`, `set ${name} to what that server knows`),
    );
}

/** Letters to insert, delete or replace until one is the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [column, otherLetter] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
