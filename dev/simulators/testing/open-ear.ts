import type { Stt, SttEvent, SttStream } from '@parley/agent/stt/contract';
import { onTestFinished } from 'vitest';

/** A stream that ends with the test, and its recogniser with it; `afterwards` looks at what is left then. */
export function openEar(
  stt: Stt,
  language: string,
  afterwards: () => Promise<void> = async () => {},
): { readonly stream: SttStream; readonly events: AsyncIterator<SttEvent>; readonly end: () => void } {
  const ending = new AbortController();
  const end = () => ending.abort(new Error('over'));
  onTestFinished(async () => {
    end();
    await stt.close();
    await afterwards();
  });
  const stream = stt.open({ language, prefixPaddingMs: 300, signal: ending.signal });
  return { stream, events: stream[Symbol.asyncIterator](), end };
}
