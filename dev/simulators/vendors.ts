import { simulatedCartesia } from './cartesia/cartesia.ts';
import { simulatedDeepgram } from './deepgram/deepgram.ts';
import { simulatedElevenlabs } from './elevenlabs/elevenlabs.ts';
import { simulatedGoogle } from './google/google.ts';
import { simulatedOllama } from './ollama/ollama.ts';
import { simulatedOpenai } from './openai/openai.ts';
import { simulatedSarvam } from './sarvam/sarvam.ts';
import type { SimulatedVendor } from './simulated-vendor.ts';
import { simulatedXai } from './xai/xai.ts';

/** Every vendor that is simulated. */
export const SIMULATED_VENDORS: readonly SimulatedVendor[] = [
  simulatedCartesia,
  simulatedDeepgram,
  simulatedElevenlabs,
  simulatedSarvam,
  simulatedGoogle,
  simulatedOllama,
  simulatedOpenai,
  simulatedXai,
];
