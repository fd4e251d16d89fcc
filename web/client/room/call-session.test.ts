import { describe, expect, it } from 'vitest';
import type { AccessOutcome } from './access-key.ts';
import { createCallSession } from './call-session.ts';
import type { JoinOutcome, MicrophoneOutcome, RoomLink, RoomNews } from './room-link.ts';
import type { TokenOutcome } from './token-request.ts';

const granted: TokenOutcome = { kind: 'granted', serverUrl: 'ws://here', token: 'abc' };

/** A session on a room whose every answer is given by the test. */
function stage() {
  const links: FakeLink[] = [];
  let token: () => Promise<TokenOutcome> = async () => granted;
  let accessKey: AccessOutcome = 'accepted';
  let microphone: MicrophoneOutcome = { kind: 'opened', track: {} as never };
  let joining: JoinOutcome = { kind: 'joined' };
  const keys: string[] = [];
  const timers = new Set<() => void>();
  const session = createCallSession({
    clock: {
      nowMs: () => 0,
      at: (_atMs, fire) => {
        timers.add(fire);
        return () => void timers.delete(fire);
      },
    },
    openRoomLink: (onNews) => {
      const link = new FakeLink({ tell: onNews, microphone, joining });
      links.push(link);
      return link;
    },
    requestToken: () => token(),
    submitAccessKey: async ({ key }) => {
      keys.push(key);
      return accessKey;
    },
  });
  return {
    session,
    links,
    keys,
    call: () => session.view().call,
    /** Lets every timer that runs fire. */
    letTimePass() {
      for (const fire of [...timers]) fire();
    },
    answerTokens(next: TokenOutcome | (() => Promise<TokenOutcome>)) {
      token = typeof next === 'function' ? next : async () => next;
    },
    answerMicrophone(next: MicrophoneOutcome) {
      microphone = next;
    },
    answerJoin(next: JoinOutcome) {
      joining = next;
    },
    answerKeys(next: AccessOutcome) {
      accessKey = next;
    },
    async startedLink() {
      session.start();
      await settle();
      const link = links.at(-1);
      if (!link) throw new Error('no room was opened');
      return link;
    },
  };
}

class FakeLink implements RoomLink {
  readonly calls: string[] = [];
  readonly tell: (news: RoomNews) => void;
  readonly #microphone: MicrophoneOutcome;
  readonly #joining: JoinOutcome;
  constructor(script: {
    tell: (news: RoomNews) => void;
    microphone: MicrophoneOutcome;
    joining: JoinOutcome;
  }) {
    this.tell = script.tell;
    this.#microphone = script.microphone;
    this.#joining = script.joining;
  }
  unlockSound() {
    this.calls.push('unlockSound');
  }
  async openMicrophone() {
    this.calls.push('openMicrophone');
    return this.#microphone;
  }
  async join() {
    this.calls.push('join');
    if (this.#joining.kind === 'joined') this.tell({ type: 'joined' });
    return this.#joining;
  }
  async setMuted(isMuted: boolean) {
    this.calls.push(isMuted ? 'mute' : 'unmute');
  }
  close() {
    this.calls.push('close');
  }
}

const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe('starting', () => {
  it('unlocks the sound within the click, then takes microphone, token and room', async () => {
    const { session, links, call } = stage();
    session.start();
    expect(links[0]?.calls).toEqual(['unlockSound', 'openMicrophone']);
    await settle();
    expect(links[0]?.calls).toEqual(['unlockSound', 'openMicrophone', 'join']);
    expect(call().phase).toBe('inRoom');
  });

  it('takes no token before the click', () => {
    const { answerTokens, call } = stage();
    answerTokens(() => {
      throw new Error('asked for a token');
    });
    expect(call()).toEqual({ phase: 'idle' });
  });

  it('makes one call of two clicks', async () => {
    const { session, links } = stage();
    session.start();
    session.start();
    await settle();
    expect(links).toHaveLength(1);
  });

  it('asks for no token when the microphone is refused', async () => {
    const { answerMicrophone, startedLink, call } = stage();
    answerMicrophone({ kind: 'refused', fault: 'denied' });
    const link = await startedLink();
    expect(call()).toEqual({ phase: 'failed', fault: { kind: 'microphone', fault: 'denied' } });
    expect(link.calls).toEqual(['unlockSound', 'openMicrophone', 'close']);
  });

  it('says why when the room cannot be joined', async () => {
    const { answerJoin, startedLink, call } = stage();
    answerJoin({ kind: 'failed', fault: { kind: 'mediaBlocked' } });
    await startedLink();
    expect(call()).toEqual({ phase: 'failed', fault: { kind: 'mediaBlocked' } });
  });

  it.each([
    [{ kind: 'unreachable' }, { kind: 'serverUnreachable' }],
    [
      { kind: 'refused', message: 'No.' },
      { kind: 'refused', message: 'No.' },
    ],
    [
      { kind: 'tooManyCalls', retryAfterS: 3 },
      { kind: 'tooManyCalls', retryAfterS: 3 },
    ],
  ] as const)(
    'fails in words and lets the microphone go when the token answer is %o',
    async (answer, fault) => {
      const { answerTokens, startedLink, call } = stage();
      answerTokens(answer);
      const link = await startedLink();
      expect(call()).toEqual({ phase: 'failed', fault });
      expect(link.calls.at(-1)).toBe('close');
    },
  );

  it('can be given up while the token is on its way', async () => {
    const { session, answerTokens, startedLink, call } = stage();
    answerTokens(() => new Promise(() => {}));
    const link = await startedLink();
    session.end();
    expect(call()).toEqual({ phase: 'idle' });
    expect(link.calls).toEqual(['unlockSound', 'openMicrophone', 'close']);
  });
});

describe('the access key', () => {
  it('is asked for, handed in, and starts the call', async () => {
    const { session, keys, answerTokens, startedLink, call } = stage();
    answerTokens({ kind: 'accessKeyAsked' });
    await startedLink();
    expect(call()).toEqual({ phase: 'locked', check: 'none' });
    answerTokens(granted);
    session.submitAccessKey('secret');
    expect(call()).toEqual({ phase: 'locked', check: 'running' });
    await settle();
    expect(keys).toEqual(['secret']);
    expect(call().phase).toBe('inRoom');
  });

  it('is asked for again when it does not fit', async () => {
    const { session, answerKeys, answerTokens, startedLink, call } = stage();
    answerTokens({ kind: 'accessKeyAsked' });
    await startedLink();
    answerKeys('rejected');
    session.submitAccessKey('wrong');
    await settle();
    expect(call()).toEqual({ phase: 'locked', check: 'rejected' });
  });
});

describe('in a room', () => {
  it('shows who is there and what is said', async () => {
    const { session, startedLink, call } = stage();
    const link = await startedLink();
    link.tell({ type: 'agentSeen', state: 'speaking', name: 'Front desk' });
    const stream = {
      streamId: '1',
      segmentId: 'a',
      speaker: { kind: 'agent', name: '' },
      openedAtMs: 1,
      isFinal: false,
      isInterrupted: false,
    } as const;
    link.tell({ type: 'transcribed', event: { type: 'streamOpened', stream } });
    link.tell({ type: 'transcribed', event: { type: 'textArrived', streamId: '1', delta: 'Hello' } });
    expect(call()).toMatchObject({ agent: { kind: 'present', state: 'speaking' } });
    expect(session.view().transcript).toMatchObject([{ text: 'Hello', isFinal: false }]);
  });

  it('says that the agent is gone when it stays away, and not when it is back at once or the call ends', async () => {
    const { startedLink, call, letTimePass } = stage();
    const link = await startedLink();
    const seen = { type: 'agentSeen', state: 'listening', name: '' } as const;
    link.tell(seen);
    link.tell({ type: 'agentGone' });
    link.tell(seen);
    letTimePass();
    expect(call()).toMatchObject({ agent: { kind: 'present' } });
    link.tell({ type: 'agentGone' });
    expect(call()).toMatchObject({ agent: { kind: 'present' } });
    letTimePass();
    expect(call()).toMatchObject({ agent: { kind: 'lost' } });
    link.tell(seen);
    link.tell({ type: 'agentGone' });
    link.tell({ type: 'closed', reason: 'agent' });
    letTimePass();
    expect(call()).toMatchObject({ phase: 'ended', reason: 'agent' });
  });

  it('mutes at once', async () => {
    const { session, startedLink, call } = stage();
    const link = await startedLink();
    session.setMuted(true);
    expect(call()).toMatchObject({ microphone: { kind: 'muted' } });
    expect(link.calls.at(-1)).toBe('mute');
  });

  it('keeps the transcript after the end, and begins the next call without it', async () => {
    const { session, startedLink, call } = stage();
    const link = await startedLink();
    const stream = {
      streamId: '1',
      segmentId: 'a',
      speaker: { kind: 'you' },
      openedAtMs: 1,
      isFinal: true,
      isInterrupted: false,
    } as const;
    link.tell({ type: 'transcribed', event: { type: 'streamOpened', stream } });
    link.tell({ type: 'transcribed', event: { type: 'textArrived', streamId: '1', delta: 'Bye' } });
    link.tell({ type: 'closed', reason: 'agent' });
    expect(call()).toMatchObject({ phase: 'ended', reason: 'agent' });
    expect(session.view().transcript).toHaveLength(1);
    await startedLink();
    expect(session.view().transcript).toHaveLength(0);
  });

  it('hears nothing more of a room that it left', async () => {
    const { session, startedLink, call } = stage();
    const link = await startedLink();
    session.end();
    link.tell({ type: 'agentSeen', state: 'listening', name: '' });
    link.tell({ type: 'closed', reason: 'connectionLost' });
    expect(call()).toMatchObject({ phase: 'ended', reason: 'you' });
  });
});

it('tells its listeners of each change, until they have had enough', async () => {
  const { session } = stage();
  let changes = 0;
  const stop = session.subscribe(() => changes++);
  session.start();
  await settle();
  expect(changes).toBeGreaterThan(0);
  stop();
  const before = changes;
  session.end();
  expect(changes).toBe(before);
});
