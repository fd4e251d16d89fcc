import { describe, expect, it } from 'vitest';
import type { CallState, InRoom } from '../room/call-state.ts';
import { announcement, callWords, clockTime } from './call-words.ts';

const inRoom: InRoom = {
  phase: 'inRoom',
  joinedAtMs: 0,
  connection: 'connected',
  agent: { kind: 'present', state: 'listening', name: '' },
  microphone: { kind: 'open' },
  isSoundBlocked: false,
  notice: null,
};
const awaited: InRoom = { ...inRoom, agent: { kind: 'awaited', sinceMs: 0 } };

describe('what a person reads', () => {
  it('is one word while the talk goes on', () => {
    expect(callWords(inRoom, 0)).toEqual({ title: 'Listening', detail: '' });
  });

  it('names the cause when no agent comes', () => {
    const noticed = { ...awaited, notice: 'No worker is connected. Start one.' };
    expect(callWords(noticed, 0)).toEqual({
      title: 'No agent has come yet',
      detail: 'No worker is connected. Start one.',
    });
  });

  it('owns up when the server has said nothing for longer than it ever takes', () => {
    expect(callWords(awaited, 11_999).detail).toBe('');
    expect(callWords(awaited, 12_000).detail).toContain('has not said why');
  });

  it('puts a lost connection before all else', () => {
    expect(callWords({ ...awaited, connection: 'reconnecting' }, 60_000).title).toBe('Reconnecting');
  });

  it('says that a muted person is not heard', () => {
    expect(callWords({ ...inRoom, microphone: { kind: 'muted' } }, 0).detail).toContain('You are muted');
  });

  it('tells the reason of the end and the length of the call', () => {
    const ended: CallState = { phase: 'ended', reason: 'agent', durationMs: 65_400 };
    expect(callWords(ended, 0)).toEqual({ title: 'The agent ended the call', detail: 'It lasted 1:05.' });
  });
});

describe('what a screen reader is told', () => {
  it('is the same while the agent listens, thinks and speaks', () => {
    const said = (['listening', 'thinking', 'speaking'] as const).map((state) =>
      announcement({ ...inRoom, agent: { kind: 'present', state, name: '' } }, 0),
    );
    expect(new Set(said).size).toBe(1);
  });

  it('is nothing before the first call', () => {
    expect(announcement({ phase: 'idle' }, 0)).toBe('');
  });
});

it('writes durations as minutes and seconds', () => {
  expect([0, 9_999, 60_000, 3_600_000].map(clockTime)).toEqual(['0:00', '0:09', '1:00', '60:00']);
});
