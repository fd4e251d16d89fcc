import type { Clock } from '../../runtime/clock.ts';
import type { SpeakListener, SpeakSocket } from './speak-socket.ts';

/** The sockets to one voice: each reply has one for itself, and one more is open for the next. */
export interface SpeakSockets {
  /** A socket for a reply, on which a text of so many characters may be said now. */
  take(characters: number, listener: SpeakListener): SpeakSocket;
  /** Opens a spare, unless there is one. */
  warm(): Promise<void>;
  close(): void;
}

/** How long a socket beside the spare stays open unused, in ms: calls of a busy time come back to it. */
const UNUSED_MS = 60_000;

export function createSpeakSockets({
  clock,
  open,
}: {
  readonly clock: Clock;
  readonly open: (hooks: {
    readonly onIdle: (socket: SpeakSocket) => void;
    readonly onGone: (socket: SpeakSocket, isWorn: boolean) => void;
  }) => SpeakSocket;
}): SpeakSockets {
  const all = new Set<SpeakSocket>();
  /** With what takes back that they are closed for want of use. */
  const idle = new Map<SpeakSocket, () => void>();
  let isClosed = false;

  const takeFromIdle = (socket: SpeakSocket) => {
    idle.get(socket)?.();
    idle.delete(socket);
  };
  const drop = (socket: SpeakSocket) => {
    takeFromIdle(socket);
    all.delete(socket);
  };
  const keep = (socket: SpeakSocket) => {
    const cancel = clock.at(clock.nowMs() + UNUSED_MS, () => {
      if (idle.size === 1) return keep(socket);
      drop(socket);
      socket.close();
    });
    idle.set(socket, cancel);
  };
  const openIdle = (): SpeakSocket => {
    const socket = open({
      onIdle: (freed) => {
        if (all.has(freed)) keep(freed);
      },
      onGone(lost, isWorn) {
        drop(lost);
        // The vendor ends what is not used for long. What it has just refused is not asked for again.
        if (isWorn) spare();
      },
    });
    all.add(socket);
    keep(socket);
    return socket;
  };
  const spare = (): SpeakSocket | null => (isClosed ? null : ([...idle.keys()][0] ?? openIdle()));

  return {
    take(characters, listener) {
      const socket = [...idle.keys()].find((one) => one.allows(characters)) ?? openIdle();
      takeFromIdle(socket);
      socket.take(listener);
      spare();
      return socket;
    },
    warm: async () => spare()?.opened,
    close() {
      isClosed = true;
      for (const socket of all) {
        takeFromIdle(socket);
        socket.close();
      }
      all.clear();
    },
  };
}
