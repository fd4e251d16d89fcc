import { expect, it } from 'vitest';
import { callerWords, clockWords, lastedMs, outcomeWords, spanWords } from './call-words.ts';

it.each([
  [0, '0:00'],
  [7_900, '0:07'],
  [65_000, '1:05'],
  [3_600_000, '1:00:00'],
  [36_061_000, '10:01:01'],
])('shows %d ms as %s', (ms, words) => {
  expect(clockWords(ms)).toBe(words);
});

it.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [90_000, '1.5 min'],
  [120_000, '2 min'],
  [45 * 60_000, '45 min'],
  [5.5 * 3_600_000, '5.5 h'],
])('shows %d ms of talk as %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});

it('counts a call that goes on from when both were there', () => {
  expect(lastedMs({ state: 'active', durationMs: null, answeredAtMs: 1_000 }, 5_000)).toBe(4_000);
  expect(lastedMs({ state: 'waiting', durationMs: null, answeredAtMs: null }, 5_000)).toBeNull();
  expect(lastedMs({ state: 'ended', durationMs: 700, answeredAtMs: 1_000 }, 5_000)).toBe(700);
});

it.each([
  ['Ada', 'ended', 'Ada'],
  ['caller-c9b4b9a4bfe80914', 'ended', 'Caller c9b4b9'],
  ['caller-of-the-moon', 'ended', 'caller-of-the-moon'],
  ['', 'ended', 'Nobody'],
  [null, 'waiting', 'Nobody yet'],
] as const)('calls %j of a call that is %s %s', (caller, state, words) => {
  expect(callerWords({ caller, state })).toBe(words);
});

it('says that a call goes on before it says how it ended', () => {
  expect(outcomeWords({ state: 'active', endReason: null })).toBe('In progress');
  expect(outcomeWords({ state: 'ended', endReason: 'agent_ended' })).toBe('Agent said goodbye');
});
