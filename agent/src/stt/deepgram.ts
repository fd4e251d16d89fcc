import {
  connectDeepgram,
  DEEPGRAM,
  DEEPGRAM_ACCESS,
  type DeepgramAccount,
} from '../runtime/deepgram-connection.ts';
import type { Provider, ProviderGiven } from '../runtime/provider.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { parseSettings } from '../runtime/provider-settings.ts';
import type { Stt, SttOptions } from './contract.ts';
import { connectFlux, fluxLanguageFault } from './deepgram/flux-query.ts';
import { type FluxSocket, openFluxStream } from './deepgram/flux-stream.ts';
import { connectListen } from './deepgram/listen-query.ts';
import { type ListenSocket, openListenStream } from './deepgram/listen-stream.ts';
import { deepgramSttSettings } from './deepgram/settings.ts';

/** Nova models, and Flux, which has an endpoint of its own and says itself when a turn is over. */
export const deepgramStt: Provider<Stt> = {
  ...DEEPGRAM_ACCESS,
  models: [
    { name: 'nova-3-general' },
    { name: 'nova-3-medical' },
    { name: 'nova-2' },
    { name: 'flux-general-en', note: 'Ends turns itself; English.' },
    { name: 'flux-general-multi', note: 'Ends turns itself; several languages.' },
  ],
  settings: deepgramSttSettings,
  create: (given) => createDeepgramStt(given),
};

function createDeepgramStt(given: ProviderGiven): Stt {
  const { model, log, clock } = given;
  const settings = parseSettings(DEEPGRAM, deepgramSttSettings, given.settings);
  const account: DeepgramAccount = given;
  const isFlux = model.startsWith('flux-');
  const closing = new AbortController();

  /** One connection is made and let go: the address answers, and the key holds. */
  const reach = () =>
    new Promise<void>((resolve, reject) => {
      const over = new AbortController();
      const query = { model, settings, language: settings.language ?? 'en' };
      const connection = connectDeepgram<object, ListenSocket | FluxSocket>(
        account,
        (client) => (isFlux ? connectFlux(client, query) : connectListen(client, query)),
        {
          onOpen: () => over.abort(),
          onMessage: () => {},
          onLost(error) {
            reject(error);
            over.abort();
          },
        },
      );
      const until = AbortSignal.any([over.signal, closing.signal]);
      until.addEventListener('abort', () => {
        connection.close();
        resolve();
      });
    });

  const openStream = ({ language, prefixPaddingMs, signal }: SttOptions) => {
    const query = { model, settings, language: settings.language ?? language };
    const shared = { signal: AbortSignal.any([signal, closing.signal]), clock, log };
    if (isFlux) {
      return openFluxStream({
        ...shared,
        connect: (handlers) => connectDeepgram(account, (client) => connectFlux(client, query), handlers),
      });
    }
    return openListenStream({
      ...shared,
      prefixPaddingMs,
      connect: (handlers) => connectDeepgram(account, (client) => connectListen(client, query), handlers),
    });
  };

  return {
    provider: DEEPGRAM,
    model,
    capabilities: {
      givesInterims: true,
      givesSpeechEvents: true,
      // The stream goes on across a finalize.
      finalizeAfterSilenceMs: 0,
      mayGoDeaf: true,
    },
    warm: () => (closing.signal.aborted ? Promise.resolve() : reach()),
    open(options) {
      if (closing.signal.aborted) {
        throw new ProviderError('unavailable', 'the recogniser is closed', {
          provider: DEEPGRAM,
          retryable: false,
        });
      }
      const fault = isFlux ? fluxLanguageFault(model, settings.language ?? options.language) : null;
      if (fault !== null) throw fault;
      return openStream(options);
    },
    close: async () => closing.abort(new Error('the recogniser is closed')),
  };
}
