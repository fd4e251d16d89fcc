import type { ToolCallRecord } from '@parley/contracts/call-record';
import { GO_TO_STEP_TOOL, isBuiltinTool, stepAskedFor } from '../call/builtin-tools.ts';
import type { AskedTool } from './asked-tool.ts';
import { type CallRecord, withMoment } from './call-record.ts';
import { add } from './newest-first.ts';

/** The model asked for a tool: those of the call itself are done at once, others begin by themselves. */
export function askTool(record: CallRecord, tool: AskedTool, atMs: number): CallRecord {
  if (!isBuiltinTool(tool.name))
    return { ...record, askedTools: new Map(record.askedTools).set(tool.toolCallId, tool) };
  const node = tool.name === GO_TO_STEP_TOOL ? stepAskedFor(tool.argumentsJson) : null;
  const outcome = tool.name === GO_TO_STEP_TOOL && node === null ? 'failed' : 'finished';
  const done = { ...tool, resultJson: null, outcome, startedAtMs: atMs, finishedAtMs: atMs } as const;
  const known = { ...record, toolCalls: add(record.toolCalls, done) };
  return node === null ? known : enterNode(known, node, atMs);
}

export function startTool(record: CallRecord, toolCallId: string, atMs: number): CallRecord {
  const asked = record.askedTools.get(toolCallId) ?? { toolCallId, name: toolCallId, argumentsJson: '{}' };
  const askedTools = new Map(record.askedTools);
  askedTools.delete(toolCallId);
  const running: ToolCallRecord = {
    ...asked,
    resultJson: null,
    outcome: 'running',
    startedAtMs: atMs,
    finishedAtMs: null,
  };
  const runningTools = new Map(record.runningTools).set(toolCallId, running);
  return withMoment(
    { ...record, askedTools, runningTools },
    { atMs, kind: 'tool_started', label: asked.name },
  );
}

export function finishTool(record: CallRecord, toolCallId: string, atMs: number): CallRecord {
  const running = record.runningTools.get(toolCallId);
  if (running === undefined) return record;
  const runningTools = new Map(record.runningTools);
  runningTools.delete(toolCallId);
  const toolCalls = add(record.toolCalls, { ...running, outcome: 'finished', finishedAtMs: atMs } as const);
  return withMoment(
    { ...record, runningTools, toolCalls },
    { atMs, kind: 'tool_finished', label: running.name },
  );
}

/** Nobody will tell how the tools that run have ended. */
export function leaveTools(record: CallRecord): CallRecord {
  if (record.runningTools.size === 0) return record;
  const toolCalls = [...record.runningTools.values()].reduce<CallRecord['toolCalls']>(
    (list, tool) => add(list, { ...tool, outcome: 'in_doubt' }),
    record.toolCalls,
  );
  return { ...record, toolCalls, runningTools: new Map() };
}

export function enterNode(record: CallRecord, node: string, atMs: number): CallRecord {
  return withMoment(record, { atMs, kind: 'node_entered', label: node });
}
