import { describe, expect, it } from 'vitest';
import type { KeptValues } from '../runtime/kept-values.ts';
import { createRejoin } from './rejoin.ts';
import { createRejoinLock, type RejoinLock } from './rejoin-lock.ts';
import { createRejoinStore, type KeptCall } from './rejoin-store.ts';
import type { RejoinOutcome } from './token-request.ts';
import type { Segment } from './transcript.ts';

const said = (id: string, changes: Partial<Segment> = {}): Segment => ({
  id,
  speaker: { kind: 'agent', name: 'Front desk' },
  text: `What ${id} says.`,
  isFinal: true,
  isInterrupted: false,
  unheard: '',
  typed: null,
  startedAtMs: 1_000,
  ...changes,
});
const KEPT: KeptCall = {
  rejoin: 'secret',
  lockName: 'lock-1',
  joinedAtMs: 5_000,
  isMuted: false,
  transcript: [said('a1')],
};
const granted: RejoinOutcome = { kind: 'granted', serverUrl: 'ws://here', token: 'jwt', rejoin: 'fresh' };
const untouched = () => new AbortController().signal;

/** The storage of one tab, and its copy where the tab is doubled. */
function createTab(values = new Map<string, string>()) {
  const kept: KeptValues = {
    get: (name) => values.get(name) ?? null,
    set: (name, value) => void (value === null ? values.delete(name) : values.set(name, value)),
  };
  return { kept, values, double: () => createTab(new Map(values)) };
}

/** Time that goes on at the test's word. */
function createTestClock() {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  return {
    nowMs: () => nowMs,
    at(atMs: number, fire: () => void) {
      const timer = { atMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async pass(ms: number) {
      const endsAtMs = nowMs + ms;
      for (;;) {
        await settle();
        const [next] = [...timers].sort((one, other) => one.atMs - other.atMs);
        if (next === undefined || next.atMs > endsAtMs) break;
        timers.delete(next);
        nowMs = next.atMs;
        next.fire();
      }
      nowMs = endsAtMs;
      await settle();
    },
  };
}
const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe('what a tab keeps of its call', () => {
  it('is read as it was, by the clock of the next page', () => {
    const { kept } = createTab();
    createRejoinStore({ kept, clockZeroEpochMs: 100_000 }).keep({ ...KEPT, isMuted: true });
    expect(createRejoinStore({ kept, clockZeroEpochMs: 160_000 }).read()).toEqual({
      ...KEPT,
      isMuted: true,
      joinedAtMs: -55_000,
    });
  });

  it('is final in every part, and tells typed messages that did not arrive', () => {
    const { kept } = createTab();
    const store = createRejoinStore({ kept, clockZeroEpochMs: 0 });
    store.keep({
      ...KEPT,
      transcript: [
        said('a1', { isFinal: false }),
        said('typed-1', { speaker: { kind: 'you' }, typed: 'sent' }),
        said('typed-2', { speaker: { kind: 'you' }, typed: 'sending' }),
      ],
    });
    expect(store.read()?.transcript).toMatchObject([
      { id: 'a1', isFinal: true },
      { id: 'former-typed-1', typed: 'sent' },
      { id: 'former-typed-2', typed: 'failed' },
    ]);
  });

  it('has a bound: the oldest words go first', () => {
    const { kept, values } = createTab();
    const store = createRejoinStore({ kept, clockZeroEpochMs: 0 });
    const many = Array.from({ length: 1_000 }, (_, index) => said(`s${index}`));
    store.keep({ ...KEPT, transcript: many });
    expect(store.read()?.transcript.map(({ id }) => id)).toEqual(many.slice(-400).map(({ id }) => id));
    store.keep({
      ...KEPT,
      transcript: [said('old'), said('long', { text: 'x'.repeat(250_000) }), said('new')],
    });
    expect(store.read()?.transcript.map(({ id }) => id)).toEqual(['new']);
    expect([...values.values()].join('').length).toBeLessThan(1_000_000);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['nothing to return with', '{"lockName":"x","joinedAtEpochMs":1}'],
    ['no beginning', '{"rejoin":"x","lockName":"x","joinedAtEpochMs":"1"}'],
  ])('is nothing where there is %s', (_what, text) => {
    const { kept } = createTab(new Map([['call', text]]));
    expect(createRejoinStore({ kept, clockZeroEpochMs: 0 }).read()).toBeNull();
  });

  it('leaves out what is no segment', () => {
    const text = JSON.stringify({
      ...KEPT,
      joinedAtEpochMs: 1,
      transcript: [null, 7, { id: 'x' }, said('a1')],
    });
    const { kept } = createTab(new Map([['call', text]]));
    expect(createRejoinStore({ kept, clockZeroEpochMs: 0 }).read()?.transcript).toEqual([said('a1')]);
  });
});

describe('the lock of a call', () => {
  /** Web Locks of one browser. */
  function createLocks() {
    const held = new Map<string, Promise<unknown>>();
    return {
      async request(name: string, options: { signal: AbortSignal }, use: (lock: never) => Promise<unknown>) {
        while (held.has(name)) {
          await Promise.race([
            held.get(name),
            new Promise((_, reject) =>
              options.signal.addEventListener('abort', () => reject(options.signal.reason)),
            ),
          ]);
        }
        const using = use(undefined as never);
        held.set(name, using);
        await using;
        held.delete(name);
      },
    } as unknown as Pick<LockManager, 'request'>;
  }

  it('is one tab’s at a time, and free when that lets go', async () => {
    const clock = createTestClock();
    const locks = createLocks();
    const first = createRejoinLock({ locks, clock });
    const second = createRejoinLock({ locks, clock });
    expect(await first.hold('call')).toBe(true);
    const refused = second.hold('call');
    await clock.pass(1_500);
    expect(await refused).toBe(false);
    const waiting = second.hold('call');
    await clock.pass(500);
    first.release();
    expect(await waiting).toBe(true);
  });

  it('is nobody’s in a page that is not secure', async () => {
    expect(await createRejoinLock({ locks: undefined, clock: createTestClock() }).hold('call')).toBe(false);
  });
});

describe('the way back into a call', () => {
  function open({
    tab = createTab(),
    answers = [granted],
    isFree = true,
  }: {
    readonly tab?: ReturnType<typeof createTab>;
    readonly answers?: readonly RejoinOutcome[];
    readonly isFree?: boolean;
  } = {}) {
    const clock = createTestClock();
    const asked: string[] = [];
    const held: (string | null)[] = [];
    const lock: RejoinLock = {
      hold: async (name) => {
        held.push(name);
        return isFree;
      },
      release: () => void held.push(null),
    };
    const rejoin = createRejoin({
      store: createRejoinStore({ kept: tab.kept, clockZeroEpochMs: 0 }),
      lock,
      clock,
      newLockName: () => 'lock-new',
      requestRejoin: async ({ rejoin: secret, signal }) => {
        signal.throwIfAborted();
        asked.push(secret);
        return answers[Math.min(asked.length, answers.length) - 1] ?? granted;
      },
    });
    return { rejoin, clock, asked, held, tab };
  }

  it('is kept from the joining on, with the talk, and gone at the end', () => {
    const { rejoin, tab, held } = open();
    rejoin.granted('secret');
    expect(rejoin.former()).toBeNull();
    rejoin.joined(5_000);
    rejoin.note({ transcript: [said('a1')], isMuted: true });
    expect(rejoin.former()).toEqual({ ...KEPT, lockName: 'lock-new', isMuted: true });
    rejoin.over();
    expect(tab.values.size).toBe(0);
    expect(held).toEqual(['lock-new', null]);
    rejoin.note({ transcript: [said('a2')], isMuted: false });
    expect(tab.values.size).toBe(0);
  });

  it('is not there where the server gives none', () => {
    const { rejoin, tab } = open();
    rejoin.granted(undefined);
    rejoin.joined(5_000);
    expect(rejoin.isOpen()).toBe(false);
    expect(tab.values.size).toBe(0);
  });

  it('is taken up by the next page of the tab, and renewed', async () => {
    const first = open();
    first.rejoin.granted('secret');
    first.rejoin.joined(5_000);
    const { rejoin, asked, held } = open({ tab: first.tab });
    expect(await rejoin.claim()).toBe(true);
    expect(held).toEqual(['lock-new']);
    expect(await rejoin.ask({ signal: untouched() })).toEqual(granted);
    expect(asked).toEqual(['secret']);
    rejoin.granted('fresh');
    rejoin.joined(9_000);
    expect(rejoin.former()).toMatchObject({ rejoin: 'fresh', joinedAtMs: 5_000, lockName: 'lock-new' });
  });

  it('is not the doubled tab’s, whose copy goes', async () => {
    const first = open();
    first.rejoin.granted('secret');
    first.rejoin.joined(5_000);
    const copy = open({ tab: first.tab.double(), isFree: false });
    expect(await copy.rejoin.claim()).toBe(false);
    copy.rejoin.over();
    expect(copy.tab.values.size).toBe(0);
    expect(first.rejoin.former()).not.toBeNull();
  });

  it('is asked for again each second while nobody answers, for 20 s', async () => {
    const { rejoin, clock, asked } = open({
      answers: [{ kind: 'unreachable' }, { kind: 'unreachable' }, granted],
    });
    rejoin.granted('secret');
    const found = rejoin.ask({ signal: untouched() });
    await clock.pass(2_000);
    expect(await found).toEqual(granted);
    expect(asked).toHaveLength(3);

    const away = open({ answers: [{ kind: 'unreachable' }] });
    away.rejoin.granted('secret');
    const lost = away.rejoin.ask({ signal: untouched() });
    await away.clock.pass(20_000);
    expect(await lost).toEqual({ kind: 'unreachable' });
    expect(away.asked).toHaveLength(21);
  });

  it('is given up at once where the call is ended in the meantime', async () => {
    const { rejoin, clock } = open({ answers: [{ kind: 'unreachable' }] });
    rejoin.granted('secret');
    const ending = new AbortController();
    const outcome = rejoin.ask({ signal: ending.signal }).catch((error: Error) => error.message);
    await clock.pass(500);
    ending.abort(new Error('ended'));
    expect(await outcome).toBe('ended');
  });
});
