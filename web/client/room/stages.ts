import { healthSchema } from '@parley/contracts/http-api';
import { type StageName, stageNameSchema } from '@parley/contracts/internal-api';

/** Which provider runs a stage. */
export interface StageInUse {
  readonly stage: StageName;
  readonly provider: string;
}

/** The part of `GET /api/health` that the page shows. */
const stagesSchema = healthSchema.pick({ stages: true });

/** The stages that run, in the order of the sound; empty while the server does not say. Never rejects. */
export async function fetchStages({
  fetch,
}: {
  readonly fetch: typeof globalThis.fetch;
}): Promise<StageInUse[]> {
  try {
    const { stages } = stagesSchema.parse(await (await fetch('/api/health')).json());
    return stageNameSchema.options.flatMap((stage) => {
      const provider = stages[stage]?.provider;
      return provider ? [{ stage, provider }] : [];
    });
  } catch {
    // A quiet line is missing then; what is wrong is said at the click.
    return [];
  }
}
