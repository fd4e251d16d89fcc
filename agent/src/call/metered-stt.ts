import type { Stt, SttStream } from '../stt/contract.ts';

/**
 * A recogniser whose streams count the sound that they are given: told at each final and when a stream ends, in ms
 * since it was last told, never 0. Sound that another stream is given again counts again, as it does on a bill.
 */
export function createMeteredStt({
  stt,
  onUsage,
}: {
  readonly stt: Stt;
  readonly onUsage: (audioMs: number) => void;
}): Stt {
  const { provider, model, capabilities } = stt;
  return {
    provider,
    model,
    capabilities,
    warm: () => stt.warm(),
    close: () => stt.close(),
    open(options) {
      const stream = stt.open(options);
      let untoldMs = 0;
      const tell = () => {
        const audioMs = untoldMs;
        untoldMs = 0;
        if (audioMs > 0) onUsage(audioMs);
      };
      options.signal.addEventListener('abort', tell, { once: true });
      return {
        push(frame) {
          if (!options.signal.aborted) untoldMs += (frame.samples.length * 1000) / frame.sampleRateHz;
          stream.push(frame);
        },
        finalize: () => stream.finalize(),
        [Symbol.asyncIterator]: () => toldAtFinals(stream, tell),
      };
    },
  };
}

async function* toldAtFinals(stream: SttStream, tell: () => void) {
  try {
    for await (const event of stream) {
      if (event.type === 'final') tell();
      yield event;
    }
  } finally {
    tell();
  }
}
