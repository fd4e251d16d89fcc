import { expect, it } from 'vitest';
import { noticeOfLine } from './log-line.ts';

const line = (record: object) => noticeOfLine('the agent', JSON.stringify(record));

it('tells a person of warnings and errors, with their cause', () => {
  expect(line({ level: 40, msg: 'few descriptors' })).toBe('the agent warns: few descriptors');
  expect(line({ level: 50, msg: 'call failed', err: { message: 'no route' } })).toBe(
    'the agent error: call failed (no route)',
  );
});

it('keeps silent about the rest, and about lines that are no records', () => {
  expect(line({ level: 30, msg: 'ready' })).toBeNull();
  expect(line({ level: 'warn', msg: 'x' })).toBeNull();
  expect(line({ level: 50 })).toBeNull();
  expect(noticeOfLine('x', '{"level":50,')).toBeNull();
  expect(noticeOfLine('x', 'Connect callback received')).toBeNull();
});
