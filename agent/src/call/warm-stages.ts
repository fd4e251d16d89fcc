import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { spokenLine } from '@parley/engine/reply/spoken/spoken-line';
import { idleLine } from '@parley/engine/turn/phrases/idle-lines';
import type { CallStages } from './stages.ts';

/** Makes the stages ready for an agent, and has its voice make the lines that it speaks without a model. */
export async function warmStages(stages: CallStages, definition: AgentDefinition): Promise<void> {
  const { greeting, resumeLine, apology, pipelineSettings, language } = definition;
  const { stt, llm, tts, endOfTurn } = stages;
  await Promise.all([stt.warm(), llm.warm(), tts.warm(), endOfTurn.warm()]);
  const idleLines = pipelineSettings.idle.map((step) => idleLine(step, language));
  const lines = [greeting, resumeLine, apology, ...idleLines];
  await stages.preload(lines.map((line) => spokenLine(line, language)));
}
