import { describe, expect, it } from 'vitest';
import type { AccessOutcome } from './access-key.ts';
import { createCallSession } from './call-session.ts';
import type { Rejoin } from './rejoin.ts';
import type { JoinOutcome, MicrophoneOutcome, RoomLink, RoomNews } from './room-link.ts';
import type { TokenOutcome } from './token-request.ts';

const granted: TokenOutcome = {
  kind: 'granted',
  serverUrl: 'ws://here',
  token: 'abc',
};

/** No way back into any call: what it does has tests of its own. */
const noRejoin: Rejoin = {
  former: () => null,
  claim: async () => false,
  granted() {},
  joined() {},
  note() {},
  isOpen: () => false,
  ask: async () => ({ kind: 'callOver' }),
  over() {},
};

/** A session on a room whose every answer is given by the test. */
function stage() {
  const links: FakeLink[] = [];
  let token: () => Promise<TokenOutcome> = async () => granted;
  let accessKey: AccessOutcome = 'accepted';
  let microphone: MicrophoneOutcome = { kind: 'opened', track: {} as never, wordsKeptUntilMs: 20_000 };
  let joining: JoinOutcome = { kind: 'joined' };
  const keys: string[] = [];
  const agentNames: (string | null)[] = [];
  const timers = new Set<() => void>();
  const session = createCallSession({
    clock: {
      nowMs: () => 0,
      at: (_atMs, fire) => {
        timers.add(fire);
        return () => void timers.delete(fire);
      },
    },
    rejoin: noRejoin,
    openRoomLink: (onNews) => {
      const link = new FakeLink({ tell: onNews, microphone: () => microphone, joining });
      links.push(link);
      return link;
    },
    requestToken: ({ agentName }) => {
      agentNames.push(agentName);
      return token();
    },
    submitAccessKey: async ({ key }) => {
      keys.push(key);
      return accessKey;
    },
  });
  return {
    session,
    links,
    keys,
    agentNames,
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
      session.start(null);
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
  readonly #microphone: () => MicrophoneOutcome;
  readonly chat: string[] = [];
  readonly #joining: JoinOutcome;
  constructor(script: {
    tell: (news: RoomNews) => void;
    microphone: () => MicrophoneOutcome;
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
    return this.#microphone();
  }
  async switchMicrophone({ deviceId }: { readonly deviceId: string | null }) {
    this.calls.push(`switchMicrophone ${deviceId}`);
  }
  sendChat = async (text: string) => void this.chat.push(text);
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
    session.start(null);
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
    session.start(null);
    session.start(null);
    await settle();
    expect(links).toHaveLength(1);
  });

  it('asks for the agent that was chosen, and for the same one after the access key', async () => {
    const { session, agentNames, answerTokens } = stage();
    answerTokens({ kind: 'accessKeyAsked' });
    session.start('storyteller');
    await settle();
    answerTokens(granted);
    session.submitAccessKey('secret');
    await settle();
    expect(agentNames).toEqual(['storyteller', 'storyteller']);
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

describe('without a microphone', () => {
  const refused = { kind: 'refused', fault: 'denied' } as const;

  it('is a call all the same', async () => {
    const { answerMicrophone, startedLink, call } = stage();
    answerMicrophone(refused);
    const link = await startedLink();
    expect(link.calls).toEqual(['unlockSound', 'openMicrophone', 'join']);
    expect(call()).toMatchObject({ phase: 'inRoom', microphone: { kind: 'refused', fault: 'denied' } });
  });

  it('has it once it is allowed', async () => {
    const { session, answerMicrophone, startedLink, call } = stage();
    answerMicrophone(refused);
    await startedLink();
    answerMicrophone({ kind: 'opened', track: {} as never, wordsKeptUntilMs: 20_000 });
    session.retryMicrophone();
    expect(call()).toMatchObject({ microphone: { kind: 'opening' } });
    await settle();
    expect(call()).toMatchObject({ microphone: { kind: 'open' } });
    expect(session.view().microphoneTrack).not.toBeNull();
  });

  it('says so again when it is refused again', async () => {
    const { session, answerMicrophone, startedLink, call } = stage();
    answerMicrophone(refused);
    await startedLink();
    answerMicrophone({ kind: 'refused', fault: 'missing' });
    session.retryMicrophone();
    await settle();
    expect(call()).toMatchObject({ microphone: { kind: 'refused', fault: 'missing' } });
  });

  it('asks again for one that is not there each time a device comes', async () => {
    const { session, answerMicrophone, startedLink, call } = stage();
    const link = await startedLink();
    link.tell({ type: 'microphoneLost', fault: 'missing' });
    answerMicrophone({ kind: 'refused', fault: 'missing' });
    session.selectMicrophone(null);
    await settle();
    expect(call()).toMatchObject({ microphone: { kind: 'refused', fault: 'missing' } });
    answerMicrophone({ kind: 'opened', track: {} as never, wordsKeptUntilMs: null });
    session.selectMicrophone(null);
    await settle();
    expect(call()).toMatchObject({ microphone: { kind: 'open' } });
  });

  it('asks for a lost one when a device comes, and for a refused one only when a person says so', async () => {
    const { session, answerMicrophone, startedLink, call } = stage();
    const link = await startedLink();
    link.tell({ type: 'microphoneLost', fault: 'missing' });
    session.selectMicrophone(null);
    await settle();
    expect(call()).toMatchObject({ microphone: { kind: 'open' } });
    session.end();
    answerMicrophone(refused);
    const next = await startedLink();
    session.selectMicrophone('headset');
    await settle();
    expect(next.calls.filter((name) => name === 'openMicrophone')).toHaveLength(1);
  });
});

describe('typing', () => {
  const present = { type: 'agentSeen', state: 'listening', name: '' } as const;
  const shown = (session: ReturnType<typeof stage>['session']) =>
    session.view().transcript.map(({ text, typed }) => ({ text, typed }));

  it('is shown at once and sent', async () => {
    const { session, startedLink } = stage();
    const link = await startedLink();
    link.tell(present);
    session.sendChat('  two tickets ');
    expect(shown(session)).toEqual([{ text: 'two tickets', typed: 'sending' }]);
    await settle();
    expect(link.chat).toEqual(['two tickets']);
    expect(shown(session)).toEqual([{ text: 'two tickets', typed: 'sent' }]);
  });

  it('waits for an agent that is not there yet, or is coming back', async () => {
    const { session, startedLink } = stage();
    const link = await startedLink();
    session.sendChat('hello');
    link.tell({ ...present, state: 'initializing' });
    await settle();
    expect(shown(session)).toEqual([{ text: 'hello', typed: 'waiting' }]);
    link.tell(present);
    await settle();
    expect(link.chat).toEqual(['hello']);
  });

  it('that was never sent is said to be so at the end of the call', async () => {
    const { session, startedLink } = stage();
    await startedLink();
    session.sendChat('hello');
    session.end();
    expect(shown(session)).toEqual([{ text: 'hello', typed: 'failed' }]);
  });

  it('can be sent again when it failed', async () => {
    const { session, startedLink } = stage();
    const link = await startedLink();
    link.tell(present);
    link.sendChat = () => Promise.reject(new Error('no way'));
    session.sendChat('hello');
    await settle();
    expect(shown(session)).toEqual([{ text: 'hello', typed: 'failed' }]);
    link.sendChat = async (text: string) => void link.chat.push(text);
    session.resendChat(session.view().transcript[0]?.id ?? '');
    await settle();
    expect(link.chat).toEqual(['hello']);
    expect(shown(session)).toEqual([{ text: 'hello', typed: 'sent' }]);
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
      unheard: '',
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

  it('goes on with another microphone when another is chosen, once', async () => {
    const { session, startedLink } = stage();
    const link = await startedLink();
    session.selectMicrophone('headset');
    session.selectMicrophone('headset');
    expect(link.calls.filter((name) => name.startsWith('switch'))).toEqual(['switchMicrophone headset']);
  });

  it('reminds a muted person who talks, until they unmute', async () => {
    const { session, startedLink, call } = stage();
    await startedLink();
    session.noteMutedSpeech(true);
    expect(call()).toMatchObject({ microphone: { kind: 'open' } });
    session.setMuted(true);
    session.noteMutedSpeech(true);
    expect(call()).toMatchObject({ microphone: { kind: 'muted', isSpeaking: true } });
    session.setMuted(false);
    expect(call()).toMatchObject({ microphone: { kind: 'open' } });
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
      unheard: '',
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
  session.start(null);
  await settle();
  expect(changes).toBeGreaterThan(0);
  stop();
  const before = changes;
  session.end();
  expect(changes).toBe(before);
});
