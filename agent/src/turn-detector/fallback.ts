import type { Logger } from 'pino';
import { ProviderError } from '../runtime/provider-error.ts';
import type { EndOfTurn } from './contract.ts';

/** Asks `second` wherever `first` fails, so that a score always comes; the first failure is logged. */
export function createFallbackEndOfTurn(options: {
  readonly first: EndOfTurn;
  readonly second: EndOfTurn;
  readonly log: Logger;
}): EndOfTurn {
  const { first, second, log } = options;
  let isTold = false;
  const tellOnce = (error: ProviderError) => {
    if (isTold) return;
    isTold = true;
    log.warn(
      { err: error, instead: second.provider },
      'the end-of-turn model failed; another judges meanwhile',
    );
  };
  return {
    provider: first.provider,
    capabilities: first.capabilities,
    async warm() {
      await second.warm();
      await first.warm().catch((error) => {
        if (!(error instanceof ProviderError)) throw error;
        tellOnce(error);
      });
    },
    openEar(ear) {
      const [one, other] = [first.openEar(ear), second.openEar(ear)];
      return {
        push(frame) {
          one.push(frame);
          other.push(frame);
        },
        endTurn() {
          one.endTurn();
          other.endTurn();
        },
        async score(question) {
          try {
            return await one.score(question);
          } catch (error) {
            if (!(error instanceof ProviderError)) throw error;
            tellOnce(error);
            return other.score(question);
          }
        },
        close() {
          one.close();
          other.close();
        },
      };
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
    },
  };
}
