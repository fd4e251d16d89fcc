import { describe, expect, it } from 'vitest';
import type { CallState, InRoom } from '../room/call-state.ts';
import { announcement, type Callee, callWords, clockTime, shownDurationMs } from './call-words.ts';

const nobody: Callee = { title: '', description: '' };
const inRoom: InRoom = {
  phase: 'inRoom',
  joinedAtMs: 0,
  connection: 'connected',
  agent: { kind: 'present', state: 'listening', name: '' },
  microphone: { kind: 'open' },
  isSoundBlocked: false,
  notice: null,
};
const awaited: InRoom = { ...inRoom, agent: { kind: 'awaited', sinceMs: 0, wordsKeptUntilMs: null } };

describe('what a person reads', () => {
  it('is one word while the talk goes on', () => {
    expect(callWords(inRoom, nobody, 0)).toEqual({ title: 'Listening', detail: '' });
  });

  it('names the cause when no agent comes', () => {
    const noticed = { ...awaited, notice: 'No worker is connected. Start one.' };
    expect(callWords(noticed, nobody, 0)).toEqual({
      title: 'No agent has come yet',
      detail: 'No worker is connected. Start one.',
    });
  });

  it('lets the person talk at once, as long as what they say is kept', () => {
    const kept: InRoom = { ...awaited, agent: { kind: 'awaited', sinceMs: 0, wordsKeptUntilMs: 9_000 } };
    expect(callWords(kept, nobody, 8_999).detail).toContain('You can start talking');
    expect(callWords(kept, nobody, 9_000).detail).toBe('');
    expect(callWords(awaited, nobody, 0).detail).toBe('');
    const muted: InRoom = { ...kept, microphone: { kind: 'muted', isSpeaking: false } };
    expect(callWords(muted, nobody, 0).detail).toBe('');
    const connecting: CallState = {
      phase: 'starting',
      step: 'room',
      microphoneFault: null,
      wordsKeptUntilMs: 9_000,
    };
    expect(callWords(connecting, nobody, 0).detail).toContain('You can start talking');
  });

  it('owns up when the server has said nothing for longer than it ever takes', () => {
    expect(callWords(awaited, nobody, 11_999).detail).toBe('');
    expect(callWords(awaited, nobody, 12_000).detail).toContain('has not said why');
  });

  it('puts a lost connection before all else', () => {
    expect(callWords({ ...awaited, connection: 'reconnecting' }, nobody, 60_000).title).toBe('Reconnecting');
  });

  it('says that a muted person is not heard', () => {
    expect(
      callWords({ ...inRoom, microphone: { kind: 'muted', isSpeaking: false } }, nobody, 0).detail,
    ).toContain('You are muted');
  });

  it('names who is called before the call', () => {
    const callee = { title: 'Front desk', description: 'Answers questions about the shop.' };
    expect(callWords({ phase: 'idle' }, callee, 0)).toEqual({
      title: 'Talk with Front desk',
      detail: 'Answers questions about the shop.',
    });
    expect(callWords({ phase: 'idle' }, nobody, 0).title).toBe('Talk with your agent');
  });

  it('asks a person without a microphone to type', () => {
    const typing: InRoom = { ...inRoom, microphone: { kind: 'refused', fault: 'denied' } };
    expect(callWords(typing, nobody, 0)).toEqual({
      title: 'Waiting for your message',
      detail: 'The agent cannot hear you. Type to it, and it answers by voice.',
    });
  });

  it('reminds a muted person who talks', () => {
    const muted: InRoom = { ...inRoom, microphone: { kind: 'muted', isSpeaking: true } };
    expect(callWords(muted, nobody, 0).detail).toContain('talking while muted');
  });

  it('tells the reason of the end and the length of the call', () => {
    const ended: CallState = { phase: 'ended', reason: 'agent', durationMs: 65_400 };
    expect(callWords(ended, nobody, 0)).toEqual({
      title: 'The agent ended the call',
      detail: 'It lasted 1:05.',
    });
  });
});

describe('what a screen reader is told', () => {
  it('is the same while the agent listens, thinks and speaks', () => {
    const said = (['listening', 'thinking', 'speaking'] as const).map((state) =>
      announcement({ ...inRoom, agent: { kind: 'present', state, name: '' } }, nobody, 0),
    );
    expect(new Set(said).size).toBe(1);
  });

  it('is nothing before the first call', () => {
    expect(announcement({ phase: 'idle' }, nobody, 0)).toBe('');
  });
});

it('counts the time of waiting while no agent is there, and of the call while one is', () => {
  expect(shownDurationMs({ ...inRoom, joinedAtMs: 1_000 }, 9_000)).toBe(8_000);
  expect(shownDurationMs({ ...inRoom, agent: { kind: 'lost', sinceMs: 7_000, name: '' } }, 9_000)).toBe(
    2_000,
  );
  expect(shownDurationMs({ phase: 'idle' }, 9_000)).toBeNull();
});

it('writes durations as minutes and seconds', () => {
  expect([0, 9_999, 60_000, 3_600_000].map(clockTime)).toEqual(['0:00', '0:09', '1:00', '60:00']);
});
