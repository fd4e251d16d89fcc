import type { EarReport } from '@parley/contracts/ear-report';
import type { OwnWay } from './own-way.ts';

/**
 * From the moment in which a sample is given to an encoder until the packet with it is on its way, less what of a
 * packet's length the jitter buffer counts, in ms. Opus is sent in packets of 20 ms. Source: 15 to 17 measured between
 * two rtc-node clients over an SFU on one machine, at jitter buffers of 29 to 79 ms.
 */
const PACKET_MS = 16;

/**
 * From a sample's leaving the agent's jitter buffer until the reader of the track has it in a block of 16 kHz, in ms:
 * resampling and the queue of the track's stream. Source: 13 to 16 measured, as above.
 */
const READING_MS = 14;

/**
 * How long sound takes between the agent and a participant, from what each side knows of its own way.
 *
 * `toEarMs`: from the agent's giving a sample to its track until it sounds at the participant's ear. `fromMouthMs`: from a
 * sound at the participant's mouth until the agent has the block of 32 ms that ends with it. Of a round trip, half is
 * taken for each direction: nobody can measure them apart.
 */
export function estimateTransport(
  own: OwnWay,
  ear: EarReport,
): { readonly toEarMs: number; readonly fromMouthMs: number } {
  const networkMs = (own.roundTripMs + ear.roundTripMs) / 2;
  return {
    toEarMs: Math.round(PACKET_MS + networkMs + ear.jitterBufferMs + ear.outputMs),
    fromMouthMs: Math.round(ear.captureMs + PACKET_MS + networkMs + own.jitterBufferMs + READING_MS),
  };
}
