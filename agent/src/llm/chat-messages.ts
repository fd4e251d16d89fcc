import type { ModelMessage } from '@parley/engine/conversation/model-context';
import type { LlmRequest, ToolSpec } from './contract.ts';

/** A message as chat completions have it. */
export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly content: string;
}

/** A tool as chat completions have it. */
export interface ChatTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Record<string, unknown>;
  };
}

/**
 * Notes to the model stand in brackets in the caller's messages, never in its own: a model takes its own for a model of
 * how to write, and would speak them.
 */
const NOTES = {
  begins: '[The call begins.]',
  silent: '[The caller says nothing.]',
  interrupted: '[The caller interrupted you.]',
  unintelligible: '[The caller said something that could not be understood.]',
  overlap: (text: string) => `[While you were speaking, the caller said: ${text}]`,
} as const;

/** Where the caller stopped listening. */
const CUT_OFF = ' —';

/**
 * The request as messages. What was said earlier is written the same every time, so that vendors may cache all but the
 * end: instructions first, then the conversation, nothing that tells the time. Roles take turns and the caller is the
 * first and the last to speak, as some vendors demand.
 */
export function chatMessages(
  { instructions, messages }: Pick<LlmRequest, 'instructions' | 'messages'>,
  instructionsRole: 'system' | 'developer',
): readonly ChatMessage[] {
  const turns = takeTurns(messages.flatMap((message, index) => linesOf(message, messages[index - 1])));
  const first: Line[] = turns[0]?.role === 'user' ? [] : [{ role: 'user', content: NOTES.begins }];
  const last: Line[] = turns.at(-1)?.role === 'assistant' ? [{ role: 'user', content: NOTES.silent }] : [];
  return [
    ...(instructions === '' ? [] : [{ role: instructionsRole, content: instructions }]),
    ...first,
    ...turns,
    ...last,
  ];
}

export function chatTools(tools: readonly ToolSpec[]): ChatTool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters: { ...parameters } },
  }));
}

interface Line {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

function linesOf(message: ModelMessage, before: ModelMessage | undefined): Line[] {
  switch (message.role) {
    case 'assistant': {
      const heard = message.text.trim();
      if (heard === '') return [];
      return [{ role: 'assistant', content: message.isInterrupted ? heard + CUT_OFF : heard }];
    }
    case 'overlap':
      return [{ role: 'user', content: NOTES.overlap(message.text.trim()) }];
    case 'user': {
      const said = message.isUnintelligible ? NOTES.unintelligible : message.text.trim();
      const cameBetween = before?.role === 'assistant' && before.isInterrupted;
      return [
        ...(cameBetween ? [{ role: 'user' as const, content: NOTES.interrupted }] : []),
        ...(said === '' ? [] : [{ role: 'user' as const, content: said }]),
      ];
    }
  }
}

/** Lines of one side in a row become one message, a line each. */
function takeTurns(lines: readonly Line[]): Line[] {
  const turns: Line[] = [];
  for (const line of lines) {
    const before = turns.at(-1);
    if (before?.role !== line.role) turns.push(line);
    else turns[turns.length - 1] = { role: line.role, content: `${before.content}\n${line.content}` };
  }
  return turns;
}
