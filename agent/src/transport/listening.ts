import type { ParticipantId } from '@parley/contracts/ids';
import type { Clock } from '../runtime/clock.ts';
import type { ParticipantKind } from './contract.ts';

/**
 * From an answered phone call, or from a join whose subscription nobody tells, until sound arrives whole. On the
 * phone 800 of 960 ms arrived without it and all with it; a browser subscribes within 160 ms of its join.
 */
const SETTLING_MS = 250;

/** `sip.callStatus` of an answered call. */
const ACTIVE = 'active';

/**
 * Who receives our track. The SFU tells only the first subscription of a track and not whose it is, so: at the first,
 * everybody present listens; where nobody was known yet, the next to be told of is the one; whoever comes later is
 * taken to listen 250 ms after joining.
 */
export interface Listening {
  joined(participantId: ParticipantId, kind: ParticipantKind, callStatus: string | undefined): void;
  callStatusChanged(participantId: ParticipantId, callStatus: string): void;
  left(participantId: ParticipantId): void;
  trackSubscribed(): void;
  close(): void;
}

interface Listener {
  hasTrack: boolean;
  /** Always true but on the phone. */
  isAnswered: boolean;
  readonly isPhone: boolean;
  isTold: boolean;
  cancel: () => void;
}

export function createListening(options: {
  readonly clock: Clock;
  readonly onListening: (participantId: ParticipantId) => void;
}): Listening {
  const { clock, onListening } = options;
  const listeners = new Map<ParticipantId, Listener>();
  let subscription: 'none' | 'unclaimed' | 'claimed' = 'none';

  const wait = (listener: Listener, then: () => void) => {
    listener.cancel();
    listener.cancel = clock.at(clock.nowMs() + SETTLING_MS, then);
  };
  const tellWhenReady = (participantId: ParticipantId, listener: Listener) => {
    if (!listener.hasTrack || !listener.isAnswered || listener.isTold) return;
    const tell = () => {
      if (listener.isTold) return;
      listener.isTold = true;
      onListening(participantId);
    };
    if (listener.isPhone) wait(listener, tell);
    else tell();
  };

  return {
    joined(participantId, kind, callStatus) {
      const isPhone = kind === 'sip';
      const listener: Listener = {
        hasTrack: subscription === 'unclaimed',
        isAnswered: !isPhone || callStatus === ACTIVE,
        isPhone,
        isTold: false,
        cancel: () => {},
      };
      listeners.get(participantId)?.cancel();
      listeners.set(participantId, listener);
      if (subscription === 'claimed') {
        wait(listener, () => {
          listener.hasTrack = true;
          tellWhenReady(participantId, listener);
        });
      }
      if (subscription === 'unclaimed') subscription = 'claimed';
      tellWhenReady(participantId, listener);
    },
    callStatusChanged(participantId, callStatus) {
      const listener = listeners.get(participantId);
      if (listener === undefined || !listener.isPhone || listener.isAnswered || callStatus !== ACTIVE) return;
      listener.isAnswered = true;
      tellWhenReady(participantId, listener);
    },
    left(participantId) {
      listeners.get(participantId)?.cancel();
      listeners.delete(participantId);
    },
    trackSubscribed() {
      if (listeners.size === 0) {
        if (subscription === 'none') subscription = 'unclaimed';
        return;
      }
      subscription = 'claimed';
      for (const [participantId, listener] of listeners) {
        if (listener.hasTrack) continue;
        listener.hasTrack = true;
        tellWhenReady(participantId, listener);
      }
    },
    close() {
      for (const { cancel } of listeners.values()) cancel();
      listeners.clear();
    },
  };
}
