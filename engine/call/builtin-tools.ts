import { z } from 'zod';
import { atNode } from '../flow/flow-state.ts';
import type { Reply } from '../reply/reply.ts';
import type { Step } from './step.ts';

/** Ends the call once the reply that asks for it was heard. */
export const END_CALL_TOOL = 'end_call';
/** Moves the call to another step of its script. */
export const GO_TO_STEP_TOOL = 'go_to_step';

/** Those that every model may ask for, as it is told of them; steps are a script's own. */
export const BUILTIN_TOOLS = [
  {
    name: END_CALL_TOOL,
    description:
      'Ends the call, once what you say with it was heard. Use it when the caller says goodbye or everything is done, and say goodbye in the same answer.',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
  },
] as const;

/** Whether a tool is one of the call itself: it touches nothing outside. */
export function isBuiltinTool(name: string): boolean {
  return name === END_CALL_TOOL || name === GO_TO_STEP_TOOL;
}

const goToStepArguments = z.object({ step: z.string().min(1) });

/** The step that `go_to_step` asks for; null where its arguments are faulty. */
export function stepAskedFor(argumentsJson: string): string | null {
  const parsed = goToStepArguments.safeParse(jsonOf(argumentsJson));
  return parsed.success ? parsed.data.step : null;
}

/** Carries out what a model asks of the call itself. An unknown tool, or one with faulty arguments, is dropped. */
export function applyToolCall(step: Step, reply: Reply, name: string, argumentsJson: string): void {
  switch (name) {
    case END_CALL_TOOL:
      return step.putReply({ ...reply, afterwards: 'endCall' });
    case GO_TO_STEP_TOOL: {
      const node = stepAskedFor(argumentsJson);
      return node === null ? step.drop() : step.set({ flow: atNode(node) });
    }
    default:
      return step.drop();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
