import { access } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { EndOfTurn } from './contract.ts';
import { createFallbackEndOfTurn } from './fallback.ts';
import { createNoEndOfTurn } from './none.ts';
import { createSmartTurn } from './smart-turn.ts';

/**
 * The end-of-turn model of a process: Smart Turn where its file is, else none, which is said once. Never rejects: a
 * model that fails leaves every pause unsure.
 */
export async function openEndOfTurn(options: {
  /** The file smart-turn-v3.2-cpu.onnx; null: it was not fetched. */
  readonly modelFile: string | null;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<EndOfTurn> {
  const { modelFile, clock, log } = options;
  const second = createNoEndOfTurn();
  if (modelFile === null || !(await isReadable(modelFile))) {
    log.info(
      { modelFile },
      'no end-of-turn model: every turn ends after a fixed wait (npm run models fetches it)',
    );
    return second;
  }
  return createFallbackEndOfTurn({ first: await createSmartTurn({ modelFile, clock, log }), second, log });
}

async function isReadable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
