import { type EndOfTurn, UNSURE } from './contract.ts';

/** No model: every pause is unsure, so every turn ends after the fixed wait. */
export function createNoEndOfTurn(): EndOfTurn {
  return {
    provider: 'none',
    capabilities: { input: 'none' },
    async warm() {},
    openEar: () => ({
      push() {},
      endTurn() {},
      async score({ signal }) {
        signal.throwIfAborted();
        return UNSURE;
      },
      close() {},
    }),
    async close() {},
  };
}
