import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { spokenLine } from '@parley/engine/reply/spoken/spoken-line';
import { idleLine } from '@parley/engine/turn/phrases/idle-lines';
import { type Clock, delay } from '../runtime/clock.ts';
import type { CallStages, StageOrder } from './stages.ts';

/** A voice that has not made its lines by then makes them while others are made warm, in ms. */
const PRELOAD_MS = 10_000;

/** Makes the stages ready for a call. */
export async function warmStages({
  stt,
  llm,
  tts,
  endOfTurn,
}: Pick<CallStages, 'stt' | 'llm' | 'tts' | 'endOfTurn'>): Promise<void> {
  await Promise.all([stt.warm(), llm.warm(), tts.warm(), endOfTurn.warm()]);
}

/**
 * Has the voice make the lines that an agent speaks without a model, and every voice the apology, which is spoken when a
 * voice fails. What is not ready is spoken live. Rejects with ProviderError `bad_request` for a voice that there is not.
 */
export async function preloadLines(
  { preload }: Pick<StageOrder, 'preload'>,
  { greeting, resumeLine, apology, pipelineSettings, language }: AgentDefinition,
  clock: Clock,
): Promise<void> {
  const idleLines = pipelineSettings.idle.map((step) => idleLine(step, language));
  const said = (lines: readonly string[]) => lines.map((line) => spokenLine(line, language));
  const made = preload({
    first: said([greeting, resumeLine, apology, ...idleLines]),
    others: said([apology]),
  });
  const patience = new AbortController();
  const waited = delay(clock, PRELOAD_MS, patience.signal).catch(() => {});
  try {
    await Promise.race([made, waited]);
  } finally {
    patience.abort();
    made.catch(() => {});
  }
}
