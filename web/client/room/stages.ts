import type { StageName } from '@parley/contracts/internal-api';
import { fieldsOf, textOf } from './json-fields.ts';

/** Which provider runs a stage. */
export interface StageInUse {
  readonly stage: StageName;
  readonly provider: string;
}

/** In the order of the sound. */
const STAGES = ['vad', 'stt', 'llm', 'tts'] as const satisfies readonly StageName[];

/** The stages that run, in the order of the sound; empty while the server does not say. Never rejects. */
export async function fetchStages({
  fetch,
}: {
  readonly fetch: typeof globalThis.fetch;
}): Promise<StageInUse[]> {
  try {
    const stages = fieldsOf(fieldsOf(await (await fetch('/api/health')).json()).stages);
    return STAGES.flatMap((stage) => {
      const provider = textOf(fieldsOf(stages[stage]).provider);
      return provider ? [{ stage, provider }] : [];
    });
  } catch {
    // A quiet line is missing then; what is wrong is said at the click.
    return [];
  }
}
