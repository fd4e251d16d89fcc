import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '@parley/agent/runtime/provider';
import { z } from 'zod';
import { type Constant, docOf, readConstants } from '../docs/doc-comments.ts';
import { DocsError } from '../docs/docs-error.ts';
import type { JsonSchema, SettingRow } from '../docs/setting-rows.ts';

/** A stage's constants, with the file in which each stands. */
export type StageConstants = readonly { readonly file: string; readonly constant: Constant }[];

/** The constants of a stage's folder, where the schemas of its providers' settings are among them. */
export function readStageConstants(root: string, stage: string): StageConstants {
  const folder = join(root, 'agent', 'src', stage);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(file))
    .sort()
    .flatMap((file) =>
      readConstants(readFileSync(join(folder, file), 'utf8')).map((constant) => ({ file, constant })),
    );
}

/**
 * What a provider may be given under `settings`: what each means is said by its schema's description, or by the comment at
 * it in the provider's own files. Throws a `DocsError` where neither says anything.
 */
export function settingRowsOf(
  provider: Pick<Provider<unknown>, 'name' | 'settings'>,
  constants: StageConstants,
): readonly SettingRow[] {
  const schema = z.toJSONSchema(provider.settings, { io: 'input' }) as JsonSchema;
  return Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const { description } = property as { readonly description?: string };
    const comment = description ?? commentAt(key, provider.name, constants);
    if (comment === '')
      throw new DocsError(
        'comment_missing',
        `The setting ${key} of "${provider.name}" needs a description, or a comment at its schema.`,
      );
    const isRequired = schema.required?.includes(key) ?? false;
    return { ...docOf(comment), path: key, schema: property, isRequired };
  });
}

/** The comment at a key, in a file of the provider's name before any other. */
function commentAt(key: string, provider: string, constants: StageConstants): string {
  const [own, others] = [true, false].map((isOwn) =>
    constants.filter(({ file }) => file.startsWith(provider) === isOwn),
  );
  for (const { constant } of [...(own ?? []), ...(others ?? [])]) {
    const member = constant.members.find(({ path, comment }) => path === key && comment !== '');
    if (member !== undefined) return member.comment;
  }
  return '';
}
