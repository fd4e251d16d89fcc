import { type EndOfTurn, UNSURE } from './contract.ts';
import { en, type OpenEndings } from './text/open-endings.ts';
import { type Ending, readEnding } from './text/read-ending.ts';

const LANGUAGES: Readonly<Record<string, OpenEndings>> = { en };

/** A text alone never makes it certain: the same words end a turn when the voice falls, and do not when it rises. */
const PROBABILITIES: Readonly<Record<Ending, number>> = {
  empty: 0.5,
  open: 0.1,
  number: 0.2,
  complete: 0.6,
  closed: 0.85,
};

/** Judges by the words alone whether they end like a finished sentence. English; unsure of every other language. */
export function createTextEndOfTurn(): EndOfTurn {
  return {
    provider: 'text',
    capabilities: { input: 'text' },
    async warm() {},
    openEar({ language }) {
      const endings = LANGUAGES[language.split('-', 1)[0]?.toLowerCase() ?? ''];
      return {
        push() {},
        endTurn() {},
        async score({ text, signal }) {
          signal.throwIfAborted();
          if (endings === undefined) return UNSURE;
          return { kind: 'scored', probability: PROBABILITIES[readEnding(text, endings)] };
        },
        close() {},
      };
    },
    async close() {},
  };
}
