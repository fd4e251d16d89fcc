import { Room } from '@livekit/rtc-node';
import type { RoomCommand } from '@parley/contracts/room-command';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { connectRoom } from './connect-room.ts';
import type { RoomConnection } from './contract.ts';
import { openRoomConnection } from './room-connection.ts';
import { createTrackSink, trackRateHz } from './track-sink.ts';
import { watchRoom } from './watch-room.ts';

/**
 * Joins a room as the agent: connected, with its microphone track published, and hearing every human in it.
 *
 * `sampleRateHz` is the voice's; the track runs at that rate or the next one Opus knows. `signal` ends the joining
 * only: a connection ends by `close()`. Throws JoinError (`refused`, `unreachable`, `timeout`), TransportError
 * (`bad_rate`), or the signal's reason.
 */
export async function joinRoom(options: {
  readonly url: string;
  readonly token: string;
  readonly sampleRateHz: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Null for what the server did not sign for this call. */
  readonly readCommand: (token: string) => Promise<RoomCommand | null>;
  /** Deletes the room at the server; the agent's own token may not. */
  readonly deleteRoom: () => Promise<void>;
}): Promise<RoomConnection> {
  const { url, token, clock, log, signal, readCommand, deleteRoom } = options;
  const sink = createTrackSink({ sampleRateHz: trackRateHz(options.sampleRateHz), clock });
  const room = new Room();
  const watch = watchRoom({ room, clock, readCommand, log });
  try {
    const publication = await connectRoom({ room, url, token, track: sink.track, clock, signal });
    return openRoomConnection({ room, publication, sink, watch, clock, log, deleteRoom });
  } catch (error) {
    watch.close();
    await sink.close();
    throw error;
  }
}
