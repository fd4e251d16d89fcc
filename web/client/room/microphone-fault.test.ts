import { expect, it } from 'vitest';
import { microphoneFault } from './microphone-fault.ts';

it.each([
  [new DOMException('Permission denied', 'NotAllowedError'), 'denied'],
  [new DOMException('Permission dismissed', 'NotAllowedError'), 'dismissed'],
  [new DOMException('Requested device not found', 'NotFoundError'), 'missing'],
  [new DOMException('Could not start audio source', 'NotReadableError'), 'inUse'],
  [new TypeError('odd'), 'failed'],
  ['odd', 'failed'],
] as const)('takes %s for %s', (error, fault) => {
  expect(microphoneFault(error)).toBe(fault);
});
