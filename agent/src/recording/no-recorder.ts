import type { Recorder } from './contract.ts';

/** Of a call that is not recorded. */
export const NO_RECORDER: Recorder = {
  hear() {},
  give() {},
  takeBack() {},
  setState() {},
  onIncomplete() {},
  async close() {},
};
