import type { KeptSound } from '../audio/kept-sound.ts';
import { openThreadPort } from '../runtime/thread.ts';
import { PreConnectError } from './contract.ts';
import { decodeKeptSound } from './decode.ts';
import type { DecodeAnswer } from './decode-messages.ts';

const { data, post } = openThreadPort<never, DecodeAnswer>();

try {
  const samples = await decodeKeptSound(data as KeptSound);
  post({ kind: 'decoded', samples }, [samples.buffer as ArrayBuffer]);
} catch (error) {
  if (!(error instanceof PreConnectError)) throw error;
  post({ kind: 'refused', code: error.code, message: error.message });
}
