import { parseJobMetadata } from '@parley/contracts/dispatch';
import { callIdSchema, participantIdSchema } from '@parley/contracts/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SupervisedCall } from './process-messages.ts';
import { superviseStep } from './supervise-step.ts';
import {
  initialSupervisor,
  nextWakeAtMs,
  type SupervisorCommand,
  type SupervisorEvent,
} from './supervisor-state.ts';

const call = (jobId: string, generation = 1): SupervisedCall => ({
  jobId,
  callId: callIdSchema.parse(`RM_${jobId}`),
  roomName: `call-${jobId}`,
  identity: participantIdSchema.parse(`agent-RM_${jobId}`),
  metadata: parseJobMetadata(JSON.stringify({ generation })),
});

function inWords(command: SupervisorCommand): string {
  switch (command.type) {
    case 'startChild':
      return `start ${command.childId} at ${command.index}${command.isReplacement ? ' beside' : ''}`;
    case 'tellChild':
      return `${command.message} ${command.childId}`;
    case 'killChild':
      return `kill ${command.childId} ${command.reason}`;
    case 'recoverCall':
      return `recover ${command.call.jobId}`;
    case 'exit':
      return `exit ${command.code}`;
  }
}

/** A supervisor at its start, and a way to tell it what happens; each event is answered with its commands in words. */
function supervise(processes = 2) {
  const limits = { processes, maxRssMb: 1_000, random: () => 0 };
  let state = initialSupervisor(limits);
  const at = (atMs: number, event: SupervisorEvent): string[] => {
    const step = superviseStep(state, event, atMs, limits);
    state = step.state;
    return step.commands.map(inWords);
  };
  const exited = (atMs: number, childId: number, code: number | null = null) =>
    at(atMs, { type: 'childExited', childId, code });
  return { at, exited, state: () => state, nextWakeAtMs: () => nextWakeAtMs(state) };
}

/** As `supervise`, with both of its processes ready at 1,000 ms. */
function serving() {
  const supervisor = supervise();
  supervisor.at(0, { type: 'started' });
  supervisor.at(1_000, { type: 'childReady', childId: 1 });
  supervisor.at(1_000, { type: 'childReady', childId: 2 });
  return supervisor;
}

describe('a supervisor', () => {
  it('starts the first process alone, and each next when it stands or has failed', () => {
    const { at, exited } = supervise(3);
    expect(at(0, { type: 'started' })).toEqual(['start 1 at 0']);
    expect(at(500, { type: 'childReady', childId: 1 })).toEqual(['start 2 at 1']);
    expect(exited(600, 2)).toEqual(['start 3 at 1', 'start 4 at 2']);
  });

  it('gives the calls of a dead process to another, and restarts it when they had time to go on', () => {
    const { at, exited } = serving();
    for (const job of ['a', 'b', 'c']) at(2_000, { type: 'callStarted', childId: 1, call: call(job) });
    at(3_000, { type: 'callEnded', childId: 1, jobId: 'b', outcome: 'ended' });
    expect(exited(4_000, 1)).toEqual(['recover a', 'recover c']);
    expect(exited(4_000, 1)).toEqual([]);
    expect(at(6_400, { type: 'timeReached', lateMs: 0 })).toEqual([]);
    expect(at(6_500, { type: 'timeReached', lateMs: 0 })).toEqual(['start 3 at 0']);
  });

  it('gives a lost call to another while its process lives on', () => {
    const { at, exited } = serving();
    at(2_000, { type: 'callStarted', childId: 1, call: call('a') });
    expect(at(3_000, { type: 'callEnded', childId: 1, jobId: 'a', outcome: 'lost' })).toEqual(['recover a']);
    expect(exited(4_000, 1)).toEqual(['start 3 at 0']);
  });

  it('leaves ended, failed and refused calls alone', () => {
    const { at } = serving();
    for (const outcome of ['ended', 'failed', 'refused'] as const) {
      at(2_000, { type: 'callStarted', childId: 1, call: call(outcome) });
      expect(at(3_000, { type: 'callEnded', childId: 1, jobId: outcome, outcome })).toEqual([]);
    }
  });

  it('restarts a process that cannot live ever later, and at once again after one that could', () => {
    const { at, exited, nextWakeAtMs: wakeAt } = supervise(1);
    at(0, { type: 'started' });
    const waits: number[] = [];
    let nowMs = 0;
    for (let childId = 1; childId <= 8; childId++) {
      nowMs += 100;
      const diedAtMs = nowMs;
      if (exited(nowMs, childId).length === 0) {
        nowMs = wakeAt();
        at(nowMs, { type: 'timeReached', lateMs: 0 });
      }
      waits.push(nowMs - diedAtMs);
    }
    expect(waits).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(exited(nowMs + 60_000, 9)).toEqual(['start 10 at 0']);
  });

  it('drains a grown process and puts another in its place', () => {
    const { at, exited } = serving();
    at(2_000, { type: 'callStarted', childId: 1, call: call('a') });
    for (let atMs = 10_000; atMs <= 61_000; atMs += 2_000) {
      expect(at(atMs, { type: 'childBeat', childId: 1, rssMb: 999 })).toEqual([]);
      at(atMs, { type: 'childBeat', childId: 2, rssMb: 10 });
    }
    expect(at(62_000, { type: 'childBeat', childId: 1, rssMb: 1_001 })).toEqual([
      'drain 1',
      'start 3 at 0 beside',
    ]);
    expect(at(64_000, { type: 'childBeat', childId: 1, rssMb: 1_001 })).toEqual([]);
    expect(exited(65_000, 1)).toEqual(['recover a']);
  });

  it('does not replace a process that is too big from its start in a tight loop', () => {
    const { at, nextWakeAtMs: wakeAt } = serving();
    expect(at(1_100, { type: 'childBeat', childId: 1, rssMb: 5_000 })).toEqual(['drain 1']);
    expect(wakeAt()).toBe(1_600);
    expect(at(1_600, { type: 'timeReached', lateMs: 0 })).toEqual(['start 3 at 0 beside']);
    expect(at(1_700, { type: 'childBeat', childId: 3, rssMb: 5_000 })).toEqual(['drain 3']);
    expect(wakeAt()).toBe(2_700);
  });

  it('replaces a process whose state is in doubt', () => {
    expect(serving().at(61_000, { type: 'childTainted', childId: 2 })).toContain('drain 2');
  });

  it('kills a process that sends no beat for 15 s, whatever else happens', () => {
    const { at, nextWakeAtMs: wakeAt } = serving();
    at(10_000, { type: 'childBeat', childId: 2, rssMb: 1 });
    expect(wakeAt()).toBe(16_000);
    expect(at(16_000, { type: 'timeReached', lateMs: 0 })).toEqual(['kill 1 silent']);
  });

  it('kills nobody for a silence that was its own', () => {
    const { at } = serving();
    expect(at(40_000, { type: 'timeReached', lateMs: 24_000 })).toEqual([]);
    expect(at(55_000, { type: 'timeReached', lateMs: 0 })).toEqual(['kill 1 silent', 'kill 2 silent']);
  });

  it('drains on request: every process is told, none restarted, and it ends with the last', () => {
    const { at, exited } = serving();
    expect(at(2_000, { type: 'drainRequested' })).toEqual(['drain 1', 'drain 2']);
    expect(at(2_100, { type: 'drainRequested' })).toEqual([]);
    expect(exited(3_000, 1, 0)).toEqual([]);
    expect(exited(9_000, 2, 0)).toEqual(['exit 0']);
  });

  it('finds a call that dies while draining another home before it ends', () => {
    const { at, exited } = serving();
    at(2_000, { type: 'callStarted', childId: 1, call: call('a') });
    at(2_000, { type: 'drainRequested' });
    exited(3_000, 2, 0);
    expect(exited(4_000, 1)).toEqual(['recover a']);
    expect(at(9_000, { type: 'recoveryEnded' })).toEqual(['exit 0']);
  });

  it('stops on request: no call is recovered, and who does not end in 6 s is killed', () => {
    const { at, exited } = serving();
    at(2_000, { type: 'callStarted', childId: 1, call: call('a') });
    at(2_000, { type: 'drainRequested' });
    expect(at(3_000, { type: 'stopRequested' })).toEqual(['stop 1', 'stop 2']);
    expect(exited(4_000, 1, 0)).toEqual([]);
    expect(at(9_000, { type: 'timeReached', lateMs: 0 })).toEqual(['kill 2 stopping']);
    expect(exited(9_010, 2)).toEqual(['exit 0']);
  });

  it('kills on request', () => {
    const { at, exited } = serving();
    expect(at(2_000, { type: 'killRequested' })).toEqual(['kill 1 stopping', 'kill 2 stopping']);
    exited(2_010, 1);
    expect(exited(2_010, 2)).toEqual(['exit 130']);
  });

  it('ends where a process cannot start with these settings, as none can', () => {
    const { at, exited } = supervise();
    at(0, { type: 'started' });
    expect(exited(500, 1, 78)).toEqual(['exit 78']);
  });

  it('always has a process, or a time for the next, in every place; and never two that take jobs', () => {
    const childId = fc.integer({ min: 1, max: 12 });
    const event: fc.Arbitrary<SupervisorEvent> = fc.oneof(
      childId.map((id) => ({ type: 'childReady', childId: id }) as const),
      childId.map((id) => ({ type: 'childTainted', childId: id }) as const),
      fc.record({ type: fc.constant('childBeat' as const), childId, rssMb: fc.constantFrom(10, 2_000) }),
      fc.record({ type: fc.constant('childExited' as const), childId, code: fc.constantFrom(null, 0, 1) }),
      fc.constant({ type: 'timeReached', lateMs: 0 } as const),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), event), { maxLength: 60 }),
        (steps) => {
          const { at, state, nextWakeAtMs: wakeAt } = supervise(3);
          let nowMs = 0;
          at(0, { type: 'started' });
          at(0, { type: 'childReady', childId: 1 });
          at(0, { type: 'childReady', childId: 2 });
          for (const [passedMs, next] of steps) {
            nowMs += passedMs;
            at(nowMs, next);
            for (const [index, place] of state().places.entries()) {
              const taking = [...state().children.values()].filter(
                (child) => child.index === index && child.phase !== 'retiring',
              );
              expect(taking.length + (place.startAtMs === null ? 0 : 1)).toBe(1);
            }
            expect(wakeAt()).toBeLessThan(Infinity);
            expect(wakeAt()).toBeGreaterThan(nowMs);
          }
        },
      ),
    );
  });
});
