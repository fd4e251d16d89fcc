import { describe, expect, it } from 'vitest';
import type { CallView } from '../room/call-session.ts';
import type { CallState } from '../room/call-state.ts';
import { createEarsSetting } from './ears-setting.ts';
import { startLocalEars } from './local-ears.ts';
import { createSpeakerGain } from './speaker-gain.ts';

/** A track that remembers what became of its copies. */
class FakeTrack {
  enabled = true;
  isStopped = false;
  readonly copies: FakeTrack[] = [];
  clone() {
    const copy = new FakeTrack();
    copy.enabled = this.enabled;
    this.copies.push(copy);
    return copy;
  }
  stop() {
    this.isStopped = true;
  }
}

const IN_ROOM: CallState = {
  phase: 'inRoom',
  joinedAtMs: 0,
  connection: 'connected',
  agent: { kind: 'present', state: 'speaking', name: 'Ada' },
  microphone: { kind: 'open' },
  isSoundBlocked: false,
  notice: null,
};
const MUTED: CallState = { ...IN_ROOM, microphone: { kind: 'muted', isSpeaking: false } };
const INTERRUPTIBLE = { isInterruptible: true, isHeld: false };

/** Ears in a page whose time, call, storage and detector are the test's. `speaker`: default one of a desktop. */
function listen({
  speaker = { volume: 1, muted: false },
  stored = null,
  isVadMissing = false,
}: {
  readonly speaker?: { volume: number; muted: boolean };
  readonly stored?: string | null;
  readonly isVadMissing?: boolean;
} = {}) {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  const clock = {
    nowMs: () => nowMs,
    at(atMs: number, fire: () => void) {
      const timer = { atMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const pass = (durationMs: number) => {
    const untilMs = nowMs + durationMs;
    for (;;) {
      const due = [...timers].sort((one, other) => one.atMs - other.atMs).find(({ atMs }) => atMs <= untilMs);
      if (!due) break;
      timers.delete(due);
      nowMs = Math.max(nowMs, due.atMs);
      due.fire();
    }
    nowMs = untilMs;
  };

  const microphone = new FakeTrack();
  let view: Pick<CallView, 'call' | 'agentVoice'> & {
    microphoneTrack: { mediaStreamTrack: MediaStreamTrack } | null;
  } = {
    call: { phase: 'idle' },
    agentVoice: null,
    microphoneTrack: { mediaStreamTrack: microphone as never },
  };
  let onChange = () => {};
  let storedNow = stored;
  const setting = createEarsSetting({
    kept: {
      get: () => storedNow,
      set: (_name, value) => {
        storedNow = value;
      },
    },
  });
  const opened: { readonly track: FakeTrack; readonly onFrame: (probability: number) => void }[] = [];
  const mutedSpeech: boolean[] = [];
  const faults: unknown[] = [];
  startLocalEars({
    clock,
    setting,
    gain: createSpeakerGain({ element: speaker, clock }),
    session: {
      subscribe(listener) {
        onChange = listener;
        return () => {};
      },
      view: () => view,
    },
    async hearSpeech({ track, onFrame }) {
      if (isVadMissing) throw new Error('the model did not come');
      opened.push({ track: track as unknown as FakeTrack, onFrame });
      return { close: async () => {} };
    },
    onMutedSpeech: (isSpeaking) => mutedSpeech.push(isSpeaking),
    onFault: (fault) => faults.push(fault),
  });
  return {
    speaker,
    microphone,
    setting,
    opened,
    mutedSpeech,
    faults,
    stored: () => storedNow,
    pass,
    show(change: Partial<typeof view>) {
      view = { ...view, ...change };
      onChange();
    },
    /** The caller speaks, as the newest ear hears. */
    speak(durationMs: number) {
      for (let heardMs = 0; heardMs < durationMs; heardMs += 32) {
        pass(32);
        opened.at(-1)?.onFrame(0.9);
      }
    },
  };
}

describe('ears in a call', () => {
  it('turn the agent down within 15 ms of hearing speech, and up again after silence', () => {
    const { speaker, show, speak, pass } = listen();
    show({ call: IN_ROOM, agentVoice: INTERRUPTIBLE });
    speak(32);
    expect(speaker.volume).toBeLessThan(1);
    speak(32);
    pass(15);
    expect(speaker).toEqual({ volume: 0.03, muted: false });
    pass(700);
    expect(speaker.volume).toBeGreaterThan(0.03);
    pass(120);
    expect(speaker).toEqual({ volume: 1, muted: false });
  });

  it('mute the agent where the system keeps the volume to itself', () => {
    const speaker = {
      muted: false,
      get volume() {
        return 1;
      },
      set volume(_ignored) {},
    };
    const { show, speak, pass } = listen({ speaker });
    show({ call: IN_ROOM, agentVoice: INTERRUPTIBLE });
    speak(64);
    expect(speaker.muted).toBe(true);
    pass(700);
    expect(speaker.muted).toBe(false);
  });

  it('leave the agent alone while it may not be interrupted', () => {
    const { speaker, show, speak } = listen();
    show({ call: IN_ROOM, agentVoice: { isInterruptible: false, isHeld: false } });
    speak(1_000);
    expect(speaker.volume).toBe(1);
  });

  it('let the agent up when the server goes on', () => {
    const { speaker, show, speak, pass } = listen();
    show({ call: IN_ROOM, agentVoice: INTERRUPTIBLE });
    speak(128);
    show({ agentVoice: { isInterruptible: true, isHeld: true } });
    show({ agentVoice: INTERRUPTIBLE });
    pass(120);
    expect(speaker.volume).toBe(1);
  });

  it('hear a copy of the microphone, stay awake while it is muted, and end with the call', () => {
    const { microphone, opened, mutedSpeech, show, speak, pass } = listen();
    microphone.enabled = false;
    show({ call: MUTED });
    expect(opened.map(({ track }) => track)).toEqual(microphone.copies);
    expect(opened[0]?.track.enabled).toBe(true);
    speak(640);
    expect(mutedSpeech).toEqual([true]);
    pass(4_000);
    expect(mutedSpeech).toEqual([true, false]);
    show({ call: { phase: 'ended', reason: 'you', durationMs: 1 }, microphoneTrack: null });
    expect(opened[0]?.track.isStopped).toBe(true);
    expect(microphone).toMatchObject({ isStopped: false, enabled: false });
  });

  it('go with the microphone to another device', () => {
    const { opened, show } = listen();
    show({ call: IN_ROOM });
    const other = new FakeTrack();
    show({ microphoneTrack: { mediaStreamTrack: other as never } });
    expect(opened.map(({ track }) => track.isStopped)).toEqual([true, false]);
    expect(other.copies).toHaveLength(1);
  });

  it('never leave the agent turned down when the call ends', () => {
    const { speaker, show, speak, pass } = listen();
    show({ call: IN_ROOM, agentVoice: INTERRUPTIBLE });
    speak(128);
    show({ call: { phase: 'ended', reason: 'agent', durationMs: 1 }, microphoneTrack: null });
    pass(120);
    expect(speaker.volume).toBe(1);
  });
});

describe('without ears', () => {
  it('nothing listens and nothing is turned down, from the moment they are switched off', () => {
    const { speaker, opened, setting, show, speak, pass, stored } = listen();
    show({ call: IN_ROOM, agentVoice: INTERRUPTIBLE });
    speak(128);
    setting.setOn(false);
    pass(120);
    expect(speaker.volume).toBe(1);
    expect(opened[0]?.track.isStopped).toBe(true);
    speak(128);
    expect(speaker.volume).toBe(1);
    expect(stored()).toBe('off');
  });

  it('none are opened when they were switched off before', () => {
    const { opened, setting, show } = listen({ stored: 'off' });
    show({ call: IN_ROOM });
    expect(opened).toEqual([]);
    setting.setOn(true);
    expect(opened).toHaveLength(1);
  });

  it('a fault is told once, and its copy of the microphone let go', async () => {
    const { faults, microphone, show } = listen({ isVadMissing: true });
    show({ call: IN_ROOM });
    await Promise.resolve().then(() => {});
    show({ call: { phase: 'idle' }, microphoneTrack: null });
    const other = new FakeTrack();
    show({ call: IN_ROOM, microphoneTrack: { mediaStreamTrack: other as never } });
    await Promise.resolve().then(() => {});
    expect(faults).toHaveLength(1);
    expect([...microphone.copies, ...other.copies].map(({ isStopped }) => isStopped)).toEqual([true, true]);
  });
});
