import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { fetchModel, ModelMissing } from '../../models/fetch-model.ts';
import { SMART_TURN } from '../../models/model-file.ts';
import { osEnvironment } from '../../settings/os-environment.ts';

/** The model for tests that need it, fetched into the cache where it is not there; without one they are skipped. */
export async function fetchTestModel(): Promise<
  { readonly kind: 'here'; readonly path: string } | { readonly kind: 'missed'; readonly why: string }
> {
  try {
    const path = await fetchModel({
      env: osEnvironment(),
      model: SMART_TURN,
      clock: createMonotonicClock(),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    return { kind: 'here', path };
  } catch (error) {
    if (error instanceof ModelMissing) return { kind: 'missed', why: error.message };
    throw error;
  }
}
