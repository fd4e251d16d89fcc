import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createMonotonicClock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { EndOfTurn } from './contract.ts';
import { createFallbackEndOfTurn } from './fallback.ts';
import { createNoEndOfTurn } from './none.ts';
import { openEndOfTurn } from './open-end-of-turn.ts';
import { createTextEndOfTurn } from './text.ts';

const never = new AbortController().signal;
const gone = new ProviderError('unavailable', 'gone', { provider: 'broken', retryable: true });

/** Log lines as they are written, and the logger that writes them. */
function openLog() {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  return { log, lines };
}

function broken(error: unknown): EndOfTurn {
  const nothing = createNoEndOfTurn();
  const fail = () => Promise.reject(error);
  const openEar: EndOfTurn['openEar'] = (ear) => ({ ...nothing.openEar(ear), score: fail });
  return { ...nothing, provider: 'broken', capabilities: { input: 'audio' }, warm: fail, openEar };
}

describe('a provider with another behind it', () => {
  it('gives the score of the other where it fails, and says so once', async () => {
    const { log, lines } = openLog();
    const detector = createFallbackEndOfTurn({ first: broken(gone), second: createTextEndOfTurn(), log });
    await detector.warm();
    const ear = detector.openEar({ language: 'en' });
    for (const text of ['I would like to', 'I am done.', 'and']) {
      const alone = await createTextEndOfTurn().openEar({ language: 'en' }).score({ text, signal: never });
      expect(await ear.score({ text, signal: never })).toEqual(alone);
    }
    expect(lines.length).toBe(1);
    await detector.close();
  });

  it('passes on an abort and whatever is no fault of the provider', async () => {
    const { log } = openLog();
    for (const error of ['muted', new TypeError('a bug')]) {
      const detector = createFallbackEndOfTurn({ first: broken(error), second: createNoEndOfTurn(), log });
      await expect(detector.openEar({ language: 'en' }).score({ text: '', signal: never })).rejects.toBe(
        error,
      );
    }
  });
});

describe('the end-of-turn model of a process', () => {
  it.each([null, '/nowhere/smart-turn.onnx'])(
    'is none where its file is %s, which is said once',
    async (modelFile) => {
      const { log, lines } = openLog();
      const detector = await openEndOfTurn({ modelFile, clock: createMonotonicClock(), log });
      expect(detector.provider).toBe('none');
      expect(lines).toEqual([expect.stringContaining('npm run models')]);
    },
  );
});
