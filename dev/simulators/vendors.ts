import { simulatedCartesia } from './cartesia/cartesia.ts';
import { simulatedDeepgram } from './deepgram/deepgram.ts';
import { simulatedElevenlabs } from './elevenlabs/elevenlabs.ts';
import type { SimulatedVendor } from './simulated-vendor.ts';

/** Every vendor that is simulated. */
export const SIMULATED_VENDORS: readonly SimulatedVendor[] = [
  simulatedCartesia,
  simulatedDeepgram,
  simulatedElevenlabs,
];
