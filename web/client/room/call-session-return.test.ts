import { describe, expect, it } from 'vitest';
import { createCallSession } from './call-session.ts';
import type { Rejoin } from './rejoin.ts';
import type { KeptCall } from './rejoin-store.ts';
import type { JoinOutcome, RoomLink, RoomNews } from './room-link.ts';
import type { RejoinOutcome } from './token-request.ts';

const FORMER: KeptCall = {
  rejoin: 'secret',
  lockName: 'lock',
  joinedAtMs: -60_000,
  isMuted: true,
  transcript: [
    {
      id: 'a1',
      speaker: { kind: 'agent', name: 'Front desk' },
      text: 'Hello.',
      isFinal: true,
      isInterrupted: false,
      unheard: '',
      typed: null,
      startedAtMs: 1,
    },
  ],
};
const granted = { kind: 'granted', serverUrl: 'ws://here', token: 'jwt', rejoin: 'fresh' } as const;
const settle = async () => {
  for (let i = 0; i < 30; i++) await Promise.resolve();
};

/** A session whose way back, and whose rooms, are the test's. */
function open({
  former = FORMER,
  isOurs = true,
  answer = granted,
  joining = { kind: 'joined' },
}: {
  readonly former?: KeptCall | null;
  readonly isOurs?: boolean;
  readonly answer?: RejoinOutcome;
  readonly joining?: JoinOutcome;
} = {}) {
  const done: string[] = [];
  const tells: ((news: RoomNews) => void)[] = [];
  const next = { answer };
  let isOpen = false;
  const rejoin: Rejoin = {
    former: () => former,
    claim: async () => isOurs,
    granted(secret) {
      isOpen = secret !== undefined;
      done.push(`granted ${secret}`);
    },
    joined() {},
    note() {},
    isOpen: () => isOpen,
    ask: async ({ signal }) => {
      done.push('ask');
      await settle();
      signal.throwIfAborted();
      return next.answer;
    },
    over() {
      isOpen = false;
      done.push('over');
    },
  };
  const session = createCallSession({
    clock: { nowMs: () => 5_000, at: () => () => {} },
    rejoin,
    openRoomLink: (tell): RoomLink => {
      tells.push(tell);
      return {
        unlockSound() {},
        async openMicrophone({ startsMuted }) {
          done.push(startsMuted ? 'microphone muted' : 'microphone');
          return { kind: 'opened', track: {} as never, wordsKeptUntilMs: null };
        },
        async switchMicrophone() {},
        async join() {
          done.push('join');
          if (joining.kind === 'joined') tell({ type: 'joined' });
          return joining;
        },
        async setMuted() {},
        async sendChat() {},
        close: () => void done.push('close'),
      };
    },
    requestToken: async () => granted,
    submitAccessKey: async () => 'accepted',
  });
  return {
    session,
    done,
    next,
    call: () => session.view().call,
    tell: (news: RoomNews) => tells.at(-1)?.(news),
  };
}

describe('a page that is loaded anew', () => {
  it('stays idle where it was in no call', () => {
    const { session, call, done } = open({ former: null });
    session.resume();
    expect(call()).toEqual({ phase: 'idle' });
    expect(done).toEqual([]);
  });

  it('shows the talk at once, joins before it asks for the microphone, and stays muted', async () => {
    const { session, call, done } = open();
    session.resume();
    expect(call()).toEqual({ phase: 'returning', joinedAtMs: -60_000 });
    expect(session.view().transcript).toEqual(FORMER.transcript);
    await settle();
    await settle();
    expect(done).toEqual(['ask', 'granted fresh', 'join', 'microphone muted']);
    expect(call()).toMatchObject({ phase: 'inRoom', joinedAtMs: -60_000, microphone: { kind: 'muted' } });
  });

  it('says that the call is over where it is', async () => {
    const { session, call, done } = open({ answer: { kind: 'callOver' } });
    session.resume();
    await settle();
    await settle();
    expect(call()).toMatchObject({ phase: 'ended', reason: 'overWhileAway' });
    expect(done).toContain('over');
  });

  it('starts fresh where the call is another tab’s', async () => {
    const { session, call, done } = open({ isOurs: false });
    session.resume();
    await settle();
    expect(call()).toEqual({ phase: 'idle' });
    expect(session.view().transcript).toEqual([]);
    expect(done).not.toContain('ask');
  });

  it('says what is wrong where the server stays away or the room is not reached', async () => {
    const away = open({ answer: { kind: 'unreachable' } });
    away.session.resume();
    await settle();
    await settle();
    expect(away.call()).toEqual({ phase: 'failed', fault: { kind: 'serverUnreachable' } });
    const blocked = open({ joining: { kind: 'failed', fault: { kind: 'mediaBlocked' } } });
    blocked.session.resume();
    await settle();
    await settle();
    expect(blocked.call()).toEqual({ phase: 'failed', fault: { kind: 'mediaBlocked' } });
  });

  it('can be ended while it returns', async () => {
    const { session, call, done } = open();
    session.resume();
    await Promise.resolve();
    session.end();
    await settle();
    await settle();
    expect(call()).toMatchObject({ phase: 'ended', reason: 'you' });
    expect(done).not.toContain('join');
  });
});

describe('a connection that is gone for good', () => {
  async function inCall() {
    const stage = open();
    stage.session.start(null);
    await settle();
    stage.tell({ type: 'agentSeen', state: 'listening', name: 'Front desk' });
    return stage;
  }

  it('is made anew within the same call, which the person sees as reconnecting', async () => {
    const { call, tell, done } = await inCall();
    tell({ type: 'closed', reason: 'connectionLost' });
    expect(call()).toMatchObject({ phase: 'inRoom', connection: 'reconnecting' });
    await settle();
    await settle();
    expect(call()).toMatchObject({ phase: 'inRoom', connection: 'connected', agent: { kind: 'present' } });
    expect(done.slice(-5)).toEqual(['close', 'ask', 'granted fresh', 'join', 'microphone']);
  });

  it('ends the call where there is no way back, and where somebody else ended it', async () => {
    const lost = await inCall();
    lost.next.answer = { kind: 'unreachable' };
    lost.tell({ type: 'closed', reason: 'connectionLost' });
    await settle();
    await settle();
    expect(lost.call()).toMatchObject({ phase: 'ended', reason: 'connectionLost' });
    const removed = await inCall();
    removed.tell({ type: 'closed', reason: 'removed' });
    expect(removed.call()).toMatchObject({ phase: 'ended', reason: 'removed' });
    expect(removed.done).not.toContain('ask');
  });
});
