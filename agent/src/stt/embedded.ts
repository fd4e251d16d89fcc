import type { TurnPhrases } from '@parley/contracts/agent-definition';
import type { Script } from '@parley/contracts/script';
import type { Logger } from 'pino';
import { ProviderError } from '../runtime/provider-error.ts';
import type { Stt } from './contract.ts';
import { grammarOf } from './embedded/grammar.ts';
import type { Recogniser } from './embedded/recogniser.ts';
import { PROVIDER } from './embedded/recogniser-thread.ts';
import { openStream } from './embedded/stream.ts';

/**
 * Speech recognition that needs no key and no network: SoundSwallower with a grammar made from a script. What is
 * outside the grammar is rejected and not bent into the nearest phrase. English.
 *
 * Interims come at pauses, and are as right as finals. Throws PhraseError for a phrase that is not in the notation.
 */
export function createEmbeddedStt(options: {
  readonly script: Script;
  /** The agent's own words of listening and of taking the floor. */
  readonly phrases?: TurnPhrases;
  /** Shared by every script of the process; it outlives what is made here. */
  readonly recogniser: Recogniser;
  readonly log: Logger;
}): Stt {
  const { recogniser, script, phrases, log } = options;
  const grammar = grammarOf(script, phrases === undefined ? {} : { phrases });
  const closing = new AbortController();
  return {
    provider: PROVIDER,
    model: 'soundswallower',
    capabilities: {
      // There are none while somebody goes on speaking.
      givesInterims: false,
      givesSpeechEvents: false,
      // The longest wait of a turn: a sentence cut at a pause is two that fit no phrase. It costs no time, since
      // recognition begins at the pause.
      finalizeAfterSilenceMs: 3_000,
      mayGoDeaf: false,
    },
    warm: () => recogniser.prepare(grammar),
    open({ language, prefixPaddingMs, signal }) {
      if (closing.signal.aborted) {
        throw new ProviderError('unavailable', 'the recogniser is closed', {
          provider: PROVIDER,
          retryable: false,
        });
      }
      if (!/^en(-|$)/i.test(language)) {
        throw new ProviderError(
          'bad_request',
          `the embedded recogniser understands English, not "${language}"; set a speech provider's key`,
          { provider: PROVIDER, retryable: false },
        );
      }
      return openStream({
        prefixPaddingMs,
        signal: AbortSignal.any([signal, closing.signal]),
        understand: (samples, until) => recogniser.understand(grammar, samples, until),
        onDropped: (droppedMs) => log.warn({ droppedMs }, 'an utterance was too long to be kept whole'),
      });
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort(new Error('the recogniser is closed'));
      await recogniser.release(grammar);
    },
  };
}
