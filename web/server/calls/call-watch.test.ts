import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Person } from '../livekit/sfu.ts';
import type { WorkerSupply } from '../workers/worker-registry.ts';
import {
  type CallWatch,
  foundWatch,
  NOTIFY_AFTER_MS,
  openWatch,
  stepWatch,
  type WatchCommand,
  type WatchEvent,
  wakeAtMs,
} from './call-watch.ts';

const WELL: WorkerSupply = { registered: 2, ready: 2, isAgentKnown: true };
const NO_WORKER: WorkerSupply = { registered: 0, ready: 0, isAgentKnown: false };
const FULL: WorkerSupply = { registered: 2, ready: 0, isAgentKnown: true };
const UNKNOWN_AGENT: WorkerSupply = { registered: 2, ready: 2, isAgentKnown: false };

const human = (sid = 'human'): Person => ({ sid, role: 'human', generation: 1 });
const agent = (generation = 1, sid = `agent${generation}`): Person => ({ sid, role: 'agent', generation });
const joins = (person: Person): WatchEvent => ({ type: 'personJoined', person });
const leaves = (sid: string): WatchEvent => ({ type: 'personLeft', sid });
const lists = (...people: Person[]): WatchEvent => ({ type: 'peopleListed', people });

/** Runs a watch through time, waking it when it asks to be. */
function timeline(watch: CallWatch, supply = WELL) {
  const heard: (WatchCommand & { readonly atMs: number })[] = [];
  let current = watch;
  const step = (event: WatchEvent, nowMs: number) => {
    const { watch: next, commands } = stepWatch(current, event, { nowMs, supply: run.supply });
    current = next;
    heard.push(...commands.map((command) => ({ ...command, atMs: nowMs })));
  };
  const wakeUntil = (atMs: number) => {
    for (let due = wakeAtMs(current); due !== null && due <= atMs; due = wakeAtMs(current))
      step({ type: 'woke' }, due);
  };
  const run = {
    supply,
    heard,
    get watch() {
      return current;
    },
    at(atMs: number, ...events: WatchEvent[]) {
      wakeUntil(atMs);
      for (const event of events) step(event, atMs);
      return run;
    },
  };
  return run;
}

describe('a call that was opened', () => {
  it('is left alone when its agent comes', () => {
    expect(timeline(openWatch(0)).at(400, joins(agent())).at(600, joins(human())).at(60_000).heard).toEqual(
      [],
    );
  });

  it('is dispatched once more after 3 s, and its caller is told within 8 s', () => {
    const { heard } = timeline(openWatch(0)).at(500, joins(human())).at(60_000);
    expect(heard).toEqual([
      { type: 'dispatchAgain', generation: 2, resumes: false, atMs: 3_000 },
      { type: 'notify', cause: 'agent_failed', atMs: NOTIFY_AFTER_MS },
    ]);
    expect(NOTIFY_AFTER_MS).toBeLessThan(8_000);
  });

  it.each([
    ['no_worker', NO_WORKER],
    ['full', FULL],
    ['definition_fault', UNKNOWN_AGENT],
  ] as const)('names the cause %s', (cause, supply) => {
    expect(timeline(openWatch(0), supply).at(10_000).heard.at(-1)).toMatchObject({ type: 'notify', cause });
  });

  it('waits on while a claim says that the agent is coming, as many may join a busy process at once', () => {
    const { heard } = timeline(openWatch(0))
      .at(300, { type: 'seatClaimed', generation: 1 })
      .at(5_200, joins(agent()))
      .at(20_000);
    expect(heard).toEqual([]);
  });

  it('takes no claim of an older generation for a sign', () => {
    const run = timeline(openWatch(0)).at(3_500, { type: 'seatClaimed', generation: 1 });
    expect(run.watch.generation).toBe(2);
    expect(run.at(10_000).heard).toHaveLength(2);
  });
});

describe('a room that nobody comes to', () => {
  it('is no fault when the agent leaves it', () => {
    const run = timeline(openWatch(0)).at(400, joins(agent())).at(15_400, leaves('agent1')).at(60_000);
    expect(run.heard).toEqual([]);
    expect(run.watch.phase).toEqual({ kind: 'vacant' });
  });

  it('is dispatched at once when a human joins it, whatever its age', () => {
    const run = timeline(openWatch(0)).at(400, joins(agent())).at(15_400, leaves('agent1'));
    run
      .at(40_000, joins(human()))
      .at(40_500, joins(agent(2)))
      .at(90_000);
    expect(run.heard).toEqual([{ type: 'dispatchAgain', generation: 2, resumes: false, atMs: 40_000 }]);
  });

  it('is dispatched once for a human who is announced twice and listed as well', () => {
    const run = timeline(foundWatch()).at(0, joins(human()), joins(human()), lists(human()));
    expect(run.heard).toHaveLength(1);
  });

  it('is not dispatched for a caller who returns to a call that is not looked at yet, and has its agent', () => {
    const run = timeline(foundWatch()).at(0, joins(human())).at(200, lists(human(), agent())).at(60_000);
    expect(run.heard).toEqual([]);
    expect(run.watch.phase.kind).toBe('attended');
  });
});

describe('a call that loses its agent', () => {
  const talking = () => timeline(openWatch(0)).at(400, joins(agent()), joins(human()));

  it('is left to the supervisor for 3 s', () => {
    const run = talking()
      .at(10_000, leaves('agent1'))
      .at(10_600, joins(agent(2)))
      .at(60_000);
    expect(run.heard).toEqual([]);
    expect(run.watch.generation).toBe(2);
  });

  it('is dispatched by the server when the supervisor is gone too, and its caller is told', () => {
    const { heard } = talking().at(10_000, leaves('agent1')).at(60_000);
    expect(heard).toEqual([
      { type: 'dispatchAgain', generation: 2, resumes: true, atMs: 13_000 },
      { type: 'notify', cause: 'agent_lost', atMs: 17_000 },
    ]);
  });

  it('is dispatched above the generation that the supervisor claimed in vain', () => {
    const run = talking()
      .at(10_000, leaves('agent1'))
      .at(10_300, { type: 'seatClaimed', generation: 2 })
      .at(15_400);
    expect(run.heard).toEqual([{ type: 'dispatchAgain', generation: 3, resumes: true, atMs: 15_300 }]);
  });

  it('is left alone when the caller has left as well', () => {
    expect(talking().at(10_000, leaves('human'), leaves('agent1')).at(60_000).heard).toEqual([]);
    expect(talking().at(10_000, leaves('agent1')).at(11_000, leaves('human')).at(60_000).heard).toEqual([]);
  });

  it('is dispatched at once where the process of its agent stands still, whatever the room still lists', () => {
    const run = talking()
      .at(10_000, { type: 'workerLost' })
      .at(10_200, lists(agent(), human()))
      .at(10_900, joins(agent(2)), leaves('agent1'))
      .at(60_000);
    expect(run.heard).toEqual([{ type: 'dispatchAgain', generation: 2, resumes: true, atMs: 10_000 }]);
    expect(run.watch.phase).toEqual({ kind: 'attended' });
    const alone = timeline(openWatch(0)).at(400, joins(agent())).at(10_000, { type: 'workerLost' });
    expect(alone.at(60_000).heard).toEqual([]);
  });

  it('does not take the leaving of an agent for that of its successor', () => {
    const run = talking()
      .at(10_000, joins(agent(2)), leaves('agent1'))
      .at(60_000);
    expect(run.heard).toEqual([]);
    expect(run.watch.phase).toEqual({ kind: 'attended' });
  });

  it('does not take late news of an agent that has left for another one', () => {
    const run = talking().at(10_000, leaves('agent1'), joins(agent(1)));
    expect(run.at(13_000).heard).toHaveLength(1);
  });

  it('is given up when its agents die as they come', () => {
    const run = talking();
    for (let turn = 1; turn <= 6; turn++)
      run.at(turn * 5_000, leaves(`agent${turn}`)).at(turn * 5_000 + 3_500, joins(agent(turn + 1)));
    const dispatches = run.heard.filter(({ type }) => type === 'dispatchAgain');
    expect(dispatches).toHaveLength(4);
    expect(run.heard).toContainEqual(expect.objectContaining({ type: 'notify', cause: 'agent_lost' }));
  });
});

describe('a caller who was told that nobody comes', () => {
  const told = (supply: WorkerSupply) => timeline(openWatch(0), supply).at(500, joins(human())).at(10_000);

  it.each([
    ['no_worker', NO_WORKER],
    ['full', FULL],
  ] as const)('gets an agent as soon as a worker takes calls, after %s', (_cause, supply) => {
    const run = told(supply);
    run.supply = WELL;
    run.at(30_000, { type: 'workerCameFree' }, { type: 'workerCameFree' });
    expect(run.heard.slice(2)).toEqual([
      { type: 'dispatchAgain', generation: 3, resumes: false, atMs: 30_000 },
    ]);
  });

  it('is not helped by a free worker where the agent fails', () => {
    expect(told(WELL).at(30_000, { type: 'workerCameFree' }).heard).toHaveLength(2);
  });

  it('gets an agent after coming back', () => {
    const run = told(FULL)
      .at(20_000, leaves('human'))
      .at(21_000, joins(human('again')));
    expect(run.heard.at(-1)).toMatchObject({ type: 'dispatchAgain', atMs: 21_000 });
  });
});

describe('whatever is told of a room, in any order', () => {
  const sids = fc.constantFrom('a', 'b', 'c');
  const person = fc.record({
    sid: sids,
    role: fc.constantFrom('human', 'agent', 'other'),
    generation: fc.integer({ min: 1, max: 4 }),
  });
  const event: fc.Arbitrary<WatchEvent> = fc.oneof(
    person.map((found) => joins(found as Person)),
    sids.map(leaves),
    fc.array(person, { maxLength: 3 }).map((found) => lists(...(found as Person[]))),
    fc.record({
      type: fc.constantFrom('agentDispatched', 'seatClaimed'),
      generation: fc.integer({ min: 1, max: 6 }),
    }),
    fc.constant({ type: 'workerCameFree' as const }),
    fc.constant({ type: 'woke' as const }),
  );
  const story = fc.array(fc.record({ event, waitMs: fc.integer({ min: 0, max: 4_000 }) }), { maxLength: 60 });

  it('a caller who stays without an agent is told within 8 s, generations only rise, and dispatches are few', () => {
    fc.assert(
      fc.property(story, fc.constantFrom(WELL, NO_WORKER, FULL), (steps, supply) => {
        const run = timeline(openWatch(0), supply);
        let nowMs = 0;
        let generation = 1;
        for (const { event: told, waitMs } of steps) {
          nowMs += waitMs;
          run.at(nowMs, told);
          expect(run.watch.generation).toBeGreaterThanOrEqual(generation);
          generation = run.watch.generation;
          const recent = run.heard.filter(
            ({ type, atMs }) => type === 'dispatchAgain' && nowMs - atMs < 60_000,
          );
          expect(recent.length).toBeLessThanOrEqual(4);
        }
        const isWaiting = run.watch.humans.size > 0 && run.watch.agents.size === 0;
        run.at(nowMs + 8_000);
        if (isWaiting) expect(run.watch.phase.kind).toBe('unattended');
        expect(wakeAtMs(run.watch)).toBeNull();
        const dispatched = run.heard.flatMap((command) =>
          command.type === 'dispatchAgain' ? [command.generation] : [],
        );
        expect(dispatched).toEqual([...new Set(dispatched)].sort((one, other) => one - other));
      }),
      { numRuns: 2_000 },
    );
  });
});
