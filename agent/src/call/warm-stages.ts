import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { spokenLine } from '@parley/engine/reply/spoken/spoken-line';
import { idleLine } from '@parley/engine/turn/phrases/idle-lines';
import { limitLine } from '@parley/engine/turn/phrases/limit-lines';
import type { CallStages, StageOrder } from './stages.ts';

/** Makes the stages ready for an agent, and has its voice make the lines that it speaks without a model. */
export async function warmStages(
  { stt, llm, tts, endOfTurn }: Pick<CallStages, 'stt' | 'llm' | 'tts' | 'endOfTurn'>,
  { preload }: Pick<StageOrder, 'preload'>,
  definition: AgentDefinition,
): Promise<void> {
  const { greeting, resumeLine, apology, pipelineSettings, language } = definition;
  await Promise.all([stt.warm(), llm.warm(), tts.warm(), endOfTurn.warm()]);
  const idleLines = pipelineSettings.idle.map((step) => idleLine(step, language));
  const limitLines = pipelineSettings.maxCostUsd === null ? [] : [limitLine(language)];
  const lines = [greeting, resumeLine, apology, ...idleLines, ...limitLines];
  await preload(lines.map((line) => spokenLine(line, language)));
}
