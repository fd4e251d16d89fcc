import type { Clock } from '@parley/agent/runtime/clock';
import { download, reasonOf } from '../sfu/download.ts';
import type { ModelFile } from './model-file.ts';
import type { Source } from './source.ts';

/** The address where its makers publish the model. */
export function addressSource(options: {
  readonly model: ModelFile;
  readonly clock: Clock;
  readonly onProgress: (text: string) => void;
}): Source {
  const { model, clock, onProgress } = options;
  return {
    name: new URL(model.url).host,
    async fetch(signal) {
      try {
        onProgress(`downloading ${model.name} ${model.version}`);
        const bytes = await download({
          clock,
          url: model.url,
          signal,
          onShare: (share) => onProgress(`downloading ${model.name} ${model.version}: ${share}`),
        });
        return { kind: 'fetched', bytes };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'missed', why: reasonOf(error) };
      }
    },
  };
}
