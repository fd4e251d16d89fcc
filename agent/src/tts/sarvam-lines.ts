import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import { sarvamFault } from '../runtime/sarvam-connection.ts';
import { openSarvamLine, type SarvamLine } from './sarvam-line.ts';

/** Lines to the vendor's voice: one is kept ready, since a handshake takes longer than the first sound. */
export interface SarvamLines {
  /** Opens a line and keeps it ready. Throws ProviderError. */
  warm(): Promise<void>;
  /** Says a text; once `signal` aborts its line is closed, which is the vendor's only way to stop. */
  say(
    text: { readonly config: string; readonly messages: readonly string[] },
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
  close(): void;
}

/** Lines kept open that say nothing: a reply uses two at a time. More are closed when they have spoken. */
const MOST_READY = 4;

export function createSarvamLines(options: {
  readonly url: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly log: Logger;
}): SarvamLines {
  const { log } = options;
  const ready = new Set<SarvamLine>();
  /** Of lines that speak: what ends their bond to a reply. */
  const release = new Map<SarvamLine, () => void>();
  const closing = new AbortController();
  let opening: Promise<void> | null = null;

  const keep = (line: SarvamLine) => {
    if (line.isOpen && ready.size < MOST_READY) ready.add(line);
    else line.close();
  };
  const open = async () => {
    closing.signal.throwIfAborted();
    return openSarvamLine({
      ...options,
      signal: closing.signal,
      onSaid(line) {
        release.get(line)?.();
        keep(line);
      },
      onClosed(line) {
        release.get(line)?.();
        ready.delete(line);
      },
    });
  };
  const keepOneReady = async (): Promise<void> => {
    if (ready.size > 0) return;
    opening ??= open()
      .then(keep)
      .finally(() => {
        opening = null;
      });
    await opening;
  };
  const take = async (): Promise<SarvamLine> => {
    for (const line of ready) {
      ready.delete(line);
      if (line.isOpen) return line;
    }
    return open();
  };

  return {
    warm: keepOneReady,
    async say(text, signal) {
      signal.throwIfAborted();
      const aborted = createDeferred<never>();
      aborted.promise.catch(() => {});
      let line: SarvamLine | null = null;
      const end = () => {
        aborted.reject(signal.reason);
        line?.close();
      };
      signal.addEventListener('abort', end, { once: true });
      const taking = take();
      keepOneReady().catch((error) => {
        if (!closing.signal.aborted) log.debug({ err: error }, 'no line could be made ready');
      });
      try {
        line = await Promise.race([taking, aborted.promise]);
      } catch (error) {
        signal.removeEventListener('abort', end);
        // Nothing was said on it: another reply may.
        taking.then(keep, () => {});
        throw error;
      }
      const taken = line;
      release.set(taken, () => {
        signal.removeEventListener('abort', end);
        release.delete(taken);
      });
      return taken.say(text);
    },
    close() {
      closing.abort(sarvamFault('unavailable', 'the voice is closed', false));
    },
  };
}
