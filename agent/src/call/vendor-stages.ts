import type { Logger } from 'pino';
import type { Llm } from '../llm/contract.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Stt } from '../stt/contract.ts';
import type { Tts } from '../tts/contract.ts';
import { type CachedTts, createCachedTts } from '../tts/pcm-cache.ts';
import type { Chosen } from './choose-providers.ts';
import { createLeases, type Lease } from './leases.ts';

type Vendor<Stage> = Extract<Chosen<Stage>, { readonly kind: 'vendor' }>;

/** Stages of vendors, one for all agents that ask the same of the same; closed when the last lets go of it. */
export interface VendorStages {
  readonly stt: Shared<Stt, Stt>;
  readonly llm: Shared<Llm, Llm>;
  readonly tts: Shared<Tts, CachedTts>;
  close(): Promise<void>;
}

interface Shared<Stage, Kept> {
  /** Throws ProviderError `bad_request` for settings that the provider refuses. */
  take(chosen: Vendor<Stage>): Lease<Kept>;
}

export function createVendorStages({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
  const made = <S>({ provider, model, settings, apiKey, baseUrl }: Vendor<S>): S =>
    provider.create({ model, settings, apiKey, baseUrl, clock, log });
  const stt = shared<Stt, Stt>(made, log);
  const llm = shared<Llm, Llm>(made, log);
  const tts = shared<Tts, CachedTts>((chosen) => createCachedTts({ tts: made(chosen), log }), log);
  return {
    stt,
    llm,
    tts,
    async close() {
      await Promise.all([stt.close(), llm.close(), tts.close()]);
    },
  } satisfies VendorStages;
}

function shared<Stage, Kept extends { close(): Promise<void> }>(
  make: (chosen: Vendor<Stage>) => Kept,
  log: Logger,
) {
  const chosenBy = new Map<string, Vendor<Stage>>();
  const leases = createLeases<string, Kept>({
    make(key) {
      const chosen = chosenBy.get(key);
      if (chosen === undefined) throw new Error('a stage is made of what was chosen');
      return make(chosen);
    },
    close: (stage) => stage.close(),
    onCloseFailed: (err) => log.warn({ err }, 'a provider did not close'),
  });
  return {
    take(chosen: Vendor<Stage>): Lease<Kept> {
      const key = keyOf(chosen);
      chosenBy.set(key, chosen);
      const lease = leases.take(key);
      // It was made, or was there: its key is kept nowhere else.
      chosenBy.delete(key);
      // Nobody holds on to it but its users.
      leases.retire(key);
      return lease;
    },
    close: leases.close,
  };
}

function keyOf({ provider, model, settings, apiKey, baseUrl }: Vendor<unknown>): string {
  return JSON.stringify([provider.name, model, settings, apiKey, baseUrl]);
}
