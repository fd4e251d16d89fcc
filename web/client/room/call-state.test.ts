import { describe, expect, it } from 'vitest';
import { type CallHappening, type CallState, reduceCall } from './call-state.ts';

const idle: CallState = { phase: 'idle' };
const after = (...happenings: readonly CallHappening[]) => happenings.reduce(reduceCall, idle);

const joined: readonly CallHappening[] = [
  { type: 'startPressed' },
  { type: 'microphoneOpened', wordsKeptUntilMs: 20_000 },
  { type: 'tokenGranted' },
  { type: 'roomJoined', atMs: 1_000 },
];
const seen = (state: 'initializing' | 'listening' | 'speaking', atMs = 1_500): CallHappening => ({
  type: 'agentSeen',
  state,
  name: 'Front desk',
  atMs,
});

it('goes from the click by microphone and token into the room, where it awaits the agent', () => {
  expect(after(...joined.slice(0, 1))).toMatchObject({ phase: 'starting', step: 'microphone' });
  expect(after(...joined.slice(0, 2))).toMatchObject({ phase: 'starting', step: 'token' });
  expect(after(...joined.slice(0, 3))).toMatchObject({ phase: 'starting', step: 'room' });
  expect(after(...joined)).toMatchObject({ phase: 'inRoom', agent: { kind: 'awaited', sinceMs: 1_000 } });
});

it('knows until when what is said is kept for the agent, and that another device is not recorded', () => {
  const awaiting = after(...joined);
  expect(awaiting).toMatchObject({ agent: { kind: 'awaited', wordsKeptUntilMs: 20_000 } });
  const switched = reduceCall(awaiting, { type: 'microphoneOpened', wordsKeptUntilMs: null });
  expect(switched).toMatchObject({ agent: { kind: 'awaited', wordsKeptUntilMs: null } });
});

describe('the agent', () => {
  it('is present with its state and name, and takes away what the server said about its absence', () => {
    const state = after(...joined, { type: 'noticeReceived', message: 'No worker runs.' }, seen('listening'));
    expect(state).toMatchObject({
      agent: { kind: 'present', state: 'listening', name: 'Front desk' },
      notice: null,
    });
  });

  it('is coming back after it dropped out, until it is ready again', () => {
    const lost = after(...joined, seen('speaking'), { type: 'agentGone', atMs: 9_000 });
    expect(lost).toMatchObject({ agent: { kind: 'lost', sinceMs: 9_000 } });
    expect(reduceCall(lost, seen('initializing'))).toMatchObject({ agent: { kind: 'lost', sinceMs: 9_000 } });
    expect(reduceCall(lost, seen('listening'))).toMatchObject({
      agent: { kind: 'present', state: 'listening' },
    });
  });

  it('is coming back too when a new process took its identity without a word of the old one’s end', () => {
    const state = after(...joined, seen('initializing'), seen('speaking'), seen('initializing', 7_000));
    expect(state).toMatchObject({ agent: { kind: 'lost', sinceMs: 7_000 } });
  });

  it('is still awaited when the room says that nobody is there', () => {
    expect(after(...joined, { type: 'agentGone', atMs: 2_000 })).toMatchObject({
      agent: { kind: 'awaited' },
    });
  });

  it('is not spoken ill of while it is there', () => {
    const state = after(...joined, seen('listening'), { type: 'noticeReceived', message: 'No worker runs.' });
    expect(state).toMatchObject({ notice: null });
  });
});

it('keeps the agent and the microphone as they were through a lost connection', () => {
  const before = after(...joined, seen('listening'), { type: 'microphoneMuted' });
  const back = [{ type: 'connectionInterrupted' }, { type: 'connectionRestored' }] as const;
  expect(back.reduce<CallState>(reduceCall, before)).toEqual(before);
});

it('has no use for mute while the microphone is lost, and has it back when it is found', () => {
  const lost = after(...joined, { type: 'microphoneLost', fault: 'missing' }, { type: 'microphoneUnmuted' });
  expect(lost).toMatchObject({ microphone: { kind: 'lost', fault: 'missing' } });
  expect(reduceCall(lost, { type: 'microphoneOpened', wordsKeptUntilMs: null })).toMatchObject({
    microphone: { kind: 'open' },
  });
});

it('goes on without a microphone that was refused', () => {
  const refused = after(
    { type: 'startPressed' },
    { type: 'microphoneRefused', fault: 'denied' },
    { type: 'tokenGranted' },
    { type: 'roomJoined', atMs: 1_000 },
  );
  expect(refused).toMatchObject({ microphone: { kind: 'refused', fault: 'denied' } });
  expect(reduceCall(refused, { type: 'microphoneMuted' })).toBe(refused);
});

it('ends with the reason and how long it lasted', () => {
  expect(after(...joined, { type: 'callEnded', reason: 'agent', atMs: 61_000 })).toEqual({
    phase: 'ended',
    reason: 'agent',
    durationMs: 60_000,
  });
});

it('is idle again when it was given up before it began', () => {
  expect(after({ type: 'startPressed' }, { type: 'callEnded', reason: 'you', atMs: 5 })).toEqual(idle);
});

it('can be started again after a failure, an end or an access key, and not while it runs', () => {
  const failed = after(
    { type: 'startPressed' },
    { type: 'startFailed', fault: { kind: 'serverUnreachable' } },
  );
  expect(reduceCall(failed, { type: 'startPressed' })).toMatchObject({ phase: 'starting' });
  expect(after({ type: 'accessKeyAsked' }, { type: 'startPressed' })).toMatchObject({ phase: 'starting' });
  expect(after(...joined, { type: 'startPressed' })).toMatchObject({ phase: 'inRoom' });
});

it('changes nothing outside a room for what only a room tells', () => {
  expect(after(seen('listening'), { type: 'connectionInterrupted' }, { type: 'soundBlocked' })).toBe(idle);
});
