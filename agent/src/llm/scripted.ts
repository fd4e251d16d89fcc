import { type Script, type ScriptBranch, SLOT_IN_REPLY } from '@parley/contracts/script';
import { END_CALL_TOOL, GO_TO_STEP_TOOL } from '@parley/engine/call/builtin-tools';
import type { ModelMessage } from '@parley/engine/conversation/model-context';
import { matchScript } from '@parley/engine/flow/match-script';
import type { Llm, LlmEvent, LlmRequest } from './contract.ts';

/** A language model without a vendor: it follows a script, and streams its words as a vendor's does. */
export function createScriptedLlm(options: { readonly script: Script }): Llm {
  const { script } = options;
  return {
    provider: 'scripted',
    model: 'script',
    warm: async () => {},
    close: async () => {},
    async *stream(request, { signal }) {
      for (const event of answer(script, request)) {
        await Promise.resolve();
        if (signal.aborted) return;
        yield event;
      }
    },
  };
}

function* answer(script: Script, { messages, node }: LlmRequest): Generator<LlmEvent> {
  const match = matchLastTurn(script, node, messages);
  if (match === null) {
    yield* wordsOf(script.steps[node]?.noMatch ?? script.noMatch);
    return;
  }
  const { branch, slots } = match;
  yield* wordsOf(fillSlots(replyOf(script, branch, node, messages), slots));
  if (branch.next !== undefined && branch.next !== node) {
    yield toolCall('step', GO_TO_STEP_TOOL, { step: branch.next });
  }
  if (branch.end) yield toolCall('end', END_CALL_TOOL, {});
}

/** What the caller said since the last answer, together first: a turn may have come in two halves. */
function matchLastTurn(script: Script, node: string, messages: readonly ModelMessage[]) {
  const spoken = messages.filter(({ role }) => role !== 'overlap');
  const lastAnswer = spoken.findLastIndex(({ role }) => role === 'assistant');
  const texts = spoken.slice(lastAnswer + 1).map(({ text }) => text);
  return matchScript(script, node, texts.join(' ')) ?? matchScript(script, node, texts.at(-1) ?? '');
}

/** Where a branch has several replies, they take turns over the call. */
function replyOf(
  script: Script,
  branch: ScriptBranch,
  node: string,
  messages: readonly ModelMessage[],
): string {
  if (typeof branch.reply === 'string') return branch.reply;
  const earlier = messages.slice(0, -1).filter((message) => message.role === 'user');
  const used = earlier.filter(
    ({ text }) => matchScript(script, node, text)?.branch.name === branch.name,
  ).length;
  return branch.reply[used % branch.reply.length] ?? '';
}

function fillSlots(reply: string, slots: Readonly<Record<string, string>>): string {
  return reply.replace(SLOT_IN_REPLY, (_, name: string) => {
    const slot = name.trim();
    return Object.hasOwn(slots, slot) ? (slots[slot] ?? '') : '';
  });
}

function* wordsOf(text: string): Generator<LlmEvent> {
  for (const [word] of text.matchAll(/\S+\s*/g)) yield { type: 'text', text: word };
}

function toolCall(toolCallId: string, name: string, args: Readonly<Record<string, string>>): LlmEvent {
  return { type: 'toolCall', toolCallId, name, argumentsJson: JSON.stringify(args) };
}
