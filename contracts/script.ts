import { z } from 'zod';

/**
 * What a scripted model says: the smallest case of a flow.
 *
 * A phrase is written in a small grammar: words, `[optional words]`, `(one | or another)` and `<slot>`,
 * lower or upper case alike. A reply may name a slot as `{{slot}}`.
 */
const phraseSchema = z.string().min(1).max(200);
const nameSchema = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'lower case letters, digits and _');
const replySchema = z.string().min(1).max(1000);

/** One thing the caller may say, and what happens then. */
export const scriptBranchSchema = z.strictObject({
  name: nameSchema,
  phrases: z.array(phraseSchema).min(1).max(100),
  /** Spoken as it stands; where several are given they take turns, in order, over the call. */
  reply: z.union([replySchema, z.array(replySchema).min(1).max(20)]),
  /** The step that follows; the same step where absent. */
  next: nameSchema.optional(),
  /** The call ends once the reply has been heard. */
  end: z.boolean().default(false),
});
export type ScriptBranch = z.infer<typeof scriptBranchSchema>;

export const scriptStepSchema = z.strictObject({
  branches: z.array(scriptBranchSchema).min(1).max(50),
  /** Said when the caller's words fit no branch: it names what can be said. */
  noMatch: replySchema.optional(),
});

export const scriptSchema = z
  .strictObject({
    start: nameSchema,
    /** Words a slot may take, for example `day: [monday, tuesday]`. */
    slots: z.record(nameSchema, z.array(z.string().min(1).max(60)).min(1).max(200)).default({}),
    /** Optional openings before and closings after any phrase, for example `please` or `could you tell me`. */
    openers: z.array(phraseSchema).default([]),
    closers: z.array(phraseSchema).default([]),
    /** Said when no branch fits and the step has no `noMatch` of its own. */
    noMatch: replySchema,
    steps: z.record(nameSchema, scriptStepSchema),
    /** Branches that hold in every step, after the step's own. */
    always: z.array(scriptBranchSchema).default([]),
  })
  .superRefine((script, context) => {
    const fault = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (!Object.hasOwn(script.steps, script.start)) fault(['start'], `no step is named "${script.start}"`);
    const checkBranch = (branch: ScriptBranch, path: (string | number)[]) => {
      if (branch.next !== undefined && !Object.hasOwn(script.steps, branch.next))
        fault([...path, 'next'], `no step is named "${branch.next}"`);
      const known = new Set(Object.keys(script.slots));
      branch.phrases.forEach((phrase, index) => {
        for (const [, slot] of phrase.matchAll(/<([^<>]*)>/g))
          if (slot === undefined || !known.has(slot))
            fault([...path, 'phrases', index], `no slot is named "${slot}"`);
      });
      const replies = typeof branch.reply === 'string' ? [branch.reply] : branch.reply;
      replies.forEach((reply, index) => {
        for (const [, slot] of reply.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g))
          if (slot === undefined || !known.has(slot))
            fault([...path, 'reply', index], `no slot is named "${slot}"`);
      });
    };
    for (const [name, step] of Object.entries(script.steps))
      step.branches.forEach((branch, index) => checkBranch(branch, ['steps', name, 'branches', index]));
    script.always.forEach((branch, index) => checkBranch(branch, ['always', index]));
  });
export type Script = z.infer<typeof scriptSchema>;
