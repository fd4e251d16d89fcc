import { z } from 'zod';

/**
 * What a scripted model says: the smallest case of a flow.
 *
 * A phrase is written in a small grammar: words, `[optional words]`, `(one | or another)` and `<slot>`,
 * lower or upper case alike. A reply may name a slot as `{{slot}}`.
 */
const phraseSchema = z.string().min(1).max(200);
const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be lower case letters, digits and _, a letter first');
const replySchema = z.string().min(1).max(1000);

/** One thing the caller may say, and what happens then. */
export const scriptBranchSchema = z.strictObject({
  /** Tells the branch from the others: replies that take turns are counted by it. */
  name: nameSchema,
  /** What the caller may say. */
  phrases: z.array(phraseSchema).min(1).max(100),
  /** Spoken as it stands; where several are given they take turns, in order, over the call. */
  reply: z.union([replySchema, z.array(replySchema).min(1).max(20)]),
  /** The step that follows; the same step where absent. */
  next: nameSchema.optional(),
  /** The call ends once the reply has been heard. */
  end: z.boolean().default(false),
});
export type ScriptBranch = z.infer<typeof scriptBranchSchema>;

/** One place in a script. */
export const scriptStepSchema = z.strictObject({
  /** What may be said here. */
  branches: z.array(scriptBranchSchema).min(1).max(50),
  /** Said when the caller's words fit no branch: it names what can be said. */
  noMatch: replySchema.optional(),
});

/** A script whose names may lead nowhere; `scriptSchema` is the one to use. */
export const scriptShapeSchema = z.strictObject({
  /** The step in which a call begins. */
  start: nameSchema,
  /** Words a slot may take, for example `day: [monday, tuesday]`. */
  slots: z.record(nameSchema, z.array(z.string().min(1).max(60)).min(1).max(200)).default({}),
  /** Optional openings before any phrase, for example `could you tell me`. */
  openers: z.array(phraseSchema).default([]),
  /** Optional closings after any phrase, for example `please`. */
  closers: z.array(phraseSchema).default([]),
  /** Said when no branch fits and the step has no `noMatch` of its own. */
  noMatch: replySchema,
  /** The steps by their names. */
  steps: z.record(nameSchema, scriptStepSchema),
  /** Branches that hold in every step, after the step's own. */
  always: z.array(scriptBranchSchema).default([]),
});

export const scriptSchema = scriptShapeSchema.superRefine(
  (script, context) => {
    for (const { path, message } of danglingNames(script))
      context.addIssue({ code: 'custom', path, message });
  },
  // Whoever writes a script wants every fault at once: a broken branch hides no other.
  { when: ({ value }) => isRecord(value) },
);
export type Script = z.infer<typeof scriptSchema>;

interface Dangling {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Names of steps and slots that lead nowhere. Takes whatever a faulty file holds, and passes over what is not read. */
function danglingNames(script: Readonly<Record<string, unknown>>): readonly Dangling[] {
  const steps = isRecord(script.steps) ? script.steps : {};
  const slots = isRecord(script.slots) ? script.slots : {};
  const step = (name: unknown, path: Dangling['path']) =>
    typeof name !== 'string' || Object.hasOwn(steps, name)
      ? []
      : [{ path, message: `no step is named "${name}"` }];
  const named = (names: readonly string[], path: Dangling['path']) =>
    names.flatMap((name) =>
      Object.hasOwn(slots, name) ? [] : [{ path, message: `no slot is named "${name}"` }],
    );
  const inPhrase = (text: unknown, path: Dangling['path']) =>
    typeof text === 'string' ? named(namesIn(text, /<([^<>]*)>/g), path) : [];
  const inReply = (text: unknown, path: Dangling['path']) =>
    typeof text === 'string'
      ? named(
          namesIn(text, SLOT_IN_REPLY).map((name) => name.trim()),
          path,
        )
      : [];
  const branches = (list: unknown, path: Dangling['path']) =>
    listOf(list).flatMap((branch, index) => {
      if (!isRecord(branch)) return [];
      const at = [...path, index];
      const { phrases, reply } = branch;
      return [
        ...step(branch.next, [...at, 'next']),
        ...listOf(phrases).flatMap((text, nth) => inPhrase(text, [...at, 'phrases', nth])),
        ...inReply(reply, [...at, 'reply']),
        ...listOf(reply).flatMap((text, nth) => inReply(text, [...at, 'reply', nth])),
      ];
    });
  return [
    ...step(script.start, ['start']),
    ...Object.entries(steps).flatMap(([name, inner]) =>
      isRecord(inner) ? branches(inner.branches, ['steps', name, 'branches']) : [],
    ),
    ...branches(script.always, ['always']),
  ];
}

/** A slot in a reply; its name may have space around it. */
export const SLOT_IN_REPLY = /\{\{([^{}]*)\}\}/g;

function namesIn(text: string, notation: RegExp): readonly string[] {
  return [...text.matchAll(notation)].map(([, name = '']) => name);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
