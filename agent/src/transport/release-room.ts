import type { Room } from '@livekit/rtc-node';
import { type Clock, delay } from '../runtime/clock.ts';

/** Longest leave. Native code answers in milliseconds, unless the network is gone. */
const LEAVE_MS = 2_000;

/**
 * Leaves the room, where we are still in it, and lets go of it. rtc-node 1.1.0 forgets half of that when the server
 * ended the connection: its listener stays on the one emitter of the process, hears every event of every call, and
 * keeps the room's memory and sockets. A test tells when that is mended there.
 */
export async function releaseRoom(room: Room, clock: Clock): Promise<void> {
  const waiting = new AbortController();
  const limit = delay(clock, LEAVE_MS, waiting.signal).catch(() => {
    // Left in time.
  });
  const leave = room.disconnect().catch(() => {
    // The connection went down in the same moment: that is what was wanted.
  });
  await Promise.race([leave, limit]);
  waiting.abort(new Error('left'));
  room.removeAllListeners();
  const emitter: unknown = Reflect.get(globalThis, '_ffiClientInstance');
  const listener: unknown = Reflect.get(room, 'onFfiEvent');
  if (isEmitter(emitter) && typeof listener === 'function') emitter.off('ffi_event', listener);
  const handle: unknown = Reflect.get(room, 'ffiHandle');
  if (isDisposable(handle)) handle.dispose();
}

function isEmitter(value: unknown): value is { off(event: string, listener: unknown): void } {
  return typeof value === 'object' && value !== null && 'off' in value && typeof value.off === 'function';
}

function isDisposable(value: unknown): value is { dispose(): void } {
  return (
    typeof value === 'object' && value !== null && 'dispose' in value && typeof value.dispose === 'function'
  );
}
