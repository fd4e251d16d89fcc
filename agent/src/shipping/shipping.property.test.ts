import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ServerMood } from './testing/journal-server.ts';
import { createShippingMachine, type TestCall, type TestProcess } from './testing/shipping-machine.ts';

const MOODS = ['takes', 'takesSome', 'refuses', 'isAway', 'hangs', 'losesAnswers', 'talksNonsense'] as const;

type Deed =
  | { readonly kind: 'steps'; readonly call: number; readonly count: number }
  | { readonly kind: 'commit' | 'end' | 'kill' | 'killInMidWrite' | 'serverForgets'; readonly call: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'mood'; readonly mood: ServerMood };

const call = fc.nat(2);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('steps' as const),
      call,
      count: fc.integer({ min: 1, max: 1_500 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('commit' as const, 'commit', 'end', 'kill', 'killInMidWrite', 'serverForgets'),
      call,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 12_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('mood' as const), mood: fc.constantFrom(...MOODS) }),
  },
);

it('whatever fails and dies, the server has exactly the lines of every journal in the end', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 25 }), async (deeds) => {
      const { startProcess, server, pass, written, journalFile } = createShippingMachine();
      const leftovers = startProcess().sweep();
      /** One process a call, each with the call's current generation. */
      const seats: { id: string; generation: number; worker: TestProcess; call: TestCall }[] = [];
      const sit = (index: number, generation: number) => {
        const worker = startProcess();
        seats[index] = {
          id: `RM_${index}`,
          generation,
          worker,
          call: worker.openCall(`RM_${index}`, generation),
        };
      };
      const journals: [id: string, generation: number][] = [];
      const begin = (index: number, generation: number) => {
        sit(index, generation);
        journals.push([`RM_${index}`, generation]);
      };
      for (const index of [0, 1, 2]) begin(index, 1);

      for (const done of deeds) {
        if (done.kind === 'pass') await pass(done.ms);
        else if (done.kind === 'mood') server.mood = done.mood;
        else {
          const seat = seats[done.call];
          if (seat === undefined) throw new Error('no such call');
          if (done.kind === 'steps') for (let i = 0; i < done.count; i++) seat.call.step();
          if (done.kind === 'commit') seat.call.commit('words');
          if (done.kind === 'serverForgets' && !server.isOver(`${seat.id}.main.${seat.generation}`))
            server.forget(`${seat.id}.main.${seat.generation}`, 1);
          if (done.kind === 'end') seat.call.journal.close();
          if (done.kind === 'kill' || done.kind === 'killInMidWrite') {
            seat.worker.kill();
            if (done.kind === 'killInMidWrite')
              appendFileSync(journalFile(seat.id, seat.generation), '{"line":"ev');
            leftovers.lookNow();
            begin(done.call, seat.generation + 1);
          }
        }
      }

      server.mood = 'takes';
      for (const seat of seats) seat.call.journal.close();
      await pass(60_000);
      for (const [id, generation] of journals) {
        expect(server.lines(`${id}.main.${generation}`)).toEqual(written(id, generation));
        expect(server.isOver(`${id}.main.${generation}`), `${id} ${generation} is over`).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
});
