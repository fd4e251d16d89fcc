import fc from 'fast-check';
import type { VendorFault } from './vendor-faults.ts';

const code = fc.constantFrom('auth', 'rate_limit', 'timeout', 'bad_request', 'unavailable', 'protocol');
const afterEvents = fc.integer({ min: 0, max: 8 });

/** Any fault of a vendor, as often none as one. */
export const anyVendorFault: fc.Arbitrary<VendorFault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<VendorFault>({ kind: 'none' }) },
  fc.record({ kind: fc.constant('refused' as const), code }),
  fc.record({ kind: fc.constant('cut' as const), afterEvents, code }),
  fc.record({ kind: fc.constant('hang' as const), afterEvents }),
  fc.record({ kind: fc.constant('drip' as const), everyMs: fc.integer({ min: 1, max: 8_000 }) }),
);
