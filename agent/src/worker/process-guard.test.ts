import { EventEmitter } from 'node:events';
import { callIdSchema } from '@parley/contracts/ids';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createCallScope } from './call-scope.ts';
import { guardProcess } from './process-guard.ts';
import { silentLog } from './testing/silent-log.ts';

function guarded() {
  const events = new EventEmitter();
  const scope = createCallScope();
  const clock = createVirtualClock();
  const seen: string[] = [];
  guardProcess({
    events,
    scope,
    clock,
    log: silentLog,
    onCallThrew: (jobId) => seen.push(`lose ${jobId}`),
    onTainted: () => seen.push('taint'),
    onStorm: () => seen.push('storm'),
  });
  const call = (jobId: string) => ({ jobId, callId: callIdSchema.parse('RM_1') });
  return { events, scope, clock, seen, call };
}

describe('what nobody caught', () => {
  it('costs nothing but a line of log if it is a rejected promise', () => {
    const { events, seen } = guarded();
    events.emit('unhandledRejection', new Error('x'));
    expect(seen).toEqual([]);
  });

  it('costs the call whose code threw, once, and taints the process', () => {
    const { events, scope, seen, call } = guarded();
    for (let i = 0; i < 50; i++)
      scope.run(call('AJ_1'), () => events.emit('uncaughtException', new Error('x')));
    expect(seen).toEqual(['taint', 'lose AJ_1']);
  });

  it('is found for its call through timers and promises', async () => {
    const { scope, call } = guarded();
    const found = await scope.run(call('AJ_7'), async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return scope.current();
    });
    expect(found?.jobId).toBe('AJ_7');
    expect(scope.current()).toBeUndefined();
  });

  it('ends the process when exceptions of no call follow each other', async () => {
    const { events, clock, seen } = guarded();
    for (let i = 0; i < 9; i++) events.emit('uncaughtException', new Error('x'));
    await clock.advance(10_000);
    for (let i = 0; i < 9; i++) events.emit('uncaughtException', new Error('x'));
    expect(seen).not.toContain('storm');
    events.emit('uncaughtException', new Error('x'));
    expect(seen.at(-1)).toBe('storm');
  });
});
