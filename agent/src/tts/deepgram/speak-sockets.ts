import type { SpeakListener, SpeakSocket } from './speak-socket.ts';

/** The sockets to one voice: each reply has one for itself, and one more is open for the next. */
export interface SpeakSockets {
  /** A socket for a reply, on which a text of so many characters may be said now. */
  take(characters: number, listener: SpeakListener): SpeakSocket;
  /** Opens a spare, unless there is one. */
  warm(): Promise<void>;
  close(): void;
}

/** Idle sockets that are kept: each counts at the vendor, which allows a project some dozens. */
const MOST_IDLE = 2;

export function createSpeakSockets({
  open,
}: {
  readonly open: (hooks: {
    readonly onIdle: (socket: SpeakSocket) => void;
    readonly onGone: (socket: SpeakSocket, isWorn: boolean) => void;
  }) => SpeakSocket;
}): SpeakSockets {
  const all = new Set<SpeakSocket>();
  const idle = new Set<SpeakSocket>();
  let isClosed = false;

  const drop = (socket: SpeakSocket) => {
    all.delete(socket);
    idle.delete(socket);
  };
  const openIdle = (): SpeakSocket => {
    const socket = open({
      onIdle(freed) {
        if (idle.size < MOST_IDLE) return void idle.add(freed);
        drop(freed);
        freed.close();
      },
      onGone(lost, isWorn) {
        drop(lost);
        // The vendor ends what is not used for long. What it has just refused is not asked for again.
        if (isWorn) spare();
      },
    });
    all.add(socket);
    idle.add(socket);
    return socket;
  };
  const spare = (): SpeakSocket | null => (isClosed ? null : ([...idle][0] ?? openIdle()));

  return {
    take(characters, listener) {
      const socket = [...idle].find((one) => one.allows(characters)) ?? openIdle();
      idle.delete(socket);
      socket.take(listener);
      spare();
      return socket;
    },
    warm: async () => spare()?.opened,
    close() {
      isClosed = true;
      for (const socket of all) socket.close();
      all.clear();
      idle.clear();
    },
  };
}
