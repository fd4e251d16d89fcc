import { afterAll, afterEach, beforeAll, beforeEach, onTestFailed } from 'vitest';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { everybodyLeaves, TEST_AGENTS_DIR } from './parley-call.ts';

/** A whole Parley with the agents of the tests, and a voice for its callers, for all tests of a file. */
export interface ParleyStage {
  readonly parley: Parley;
  readonly speaker: SentenceSpeaker;
}

/**
 * To be called at the top of a test file: what it gives is there before the first test and goes after the last. After
 * each test its callers hang up; of one that fails the logs are shown.
 */
export function openParleyStage(workerProcesses: number): ParleyStage {
  let parley: Parley | undefined;
  let speaker: SentenceSpeaker | undefined;
  const here = (): Parley => {
    if (parley === undefined) throw new Error('Parley is there when the tests run');
    return parley;
  };
  beforeAll(async () => {
    parley = await startParley({
      agentsDir: TEST_AGENTS_DIR,
      settings: { PARLEY_WORKER_PROCESSES: String(workerProcesses) },
    });
  }, 120_000);
  beforeEach(() => onTestFailed(() => console.info(here().logs())));
  afterEach(everybodyLeaves, 60_000);
  afterAll(async () => {
    await speaker?.close();
    await parley?.stop();
  }, 60_000);
  return {
    get parley() {
      return here();
    },
    get speaker() {
      speaker ??= createSentenceSpeaker();
      return speaker;
    },
  };
}
