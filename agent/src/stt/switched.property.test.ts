import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createProviderHealth } from '../runtime/provider-health.ts';
import type { VendorFault } from '../runtime/testing/vendor-faults.ts';
import { anyVendorFault } from '../runtime/testing/vendor-faults-arbitrary.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { SttEvent } from './contract.ts';
import { createSwitchedStt } from './switched.ts';
import { createCountingEar, frameOf } from './testing/counting-ear.ts';

const NAMES = ['a', 'b', 'c'] as const;

/** Faults that pass: a request that is wrong stays so. */
const anyFault = anyVendorFault.filter(
  (fault: VendorFault) => !('code' in fault) || fault.code !== 'bad_request',
);
const anyEar = fc.record({
  faults: fc.array(anyFault, { maxLength: 5 }),
  answerAfterMs: fc.integer({ min: 0, max: 900 }),
  finalEvery: fc.constantFrom(2, 3, 1_000),
});
const anyStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('say' as const), words: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('finalize' as const) }) },
  fc.record({ kind: fc.constant('use' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant('giveUp' as const) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(6_000) }) },
);

describe('recognisers behind one, whatever fails', { timeout: 120_000 }, () => {
  it('lose no word and give none twice, answer each asking once, and leave nothing open', async () => {
    const scenario = fc.record({
      ears: fc.tuple(anyEar, anyEar, anyEar),
      steps: fc.array(anyStep, { minLength: 1, maxLength: 15 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ ears, steps }) => {
        const clock = createVirtualClock();
        const [a, b, c] = ears.map((options, index) =>
          createCountingEar({ ...options, faults: [...options.faults], name: NAMES[index] ?? '', clock }),
        );
        if (!a || !b || !c) throw new Error('three ears');
        const candidate = ({ stt }: typeof a) => ({ stage: stt, baseUrl: 'http://vendor', key: null });
        const stt = createSwitchedStt({
          order: [candidate(a), candidate(b), candidate(c)],
          health: createProviderHealth({ clock }),
          clock,
          log: pino({ level: 'silent' }),
          onSwitched() {},
        });
        const ending = new AbortController();
        const stream = stt.open({ language: 'en', prefixPaddingMs: 300, signal: ending.signal });
        const events: SttEvent[] = [];
        const read = async () => {
          for await (const event of stream) events.push(event);
        };
        const reading = read();
        let said = 0;
        /** Words said before each asking. */
        const askedAt: number[] = [];
        const ask = () => {
          stream.finalize();
          askedAt.push(said);
        };
        for (const step of steps) {
          switch (step.kind) {
            case 'say':
              for (let word = 0; word < step.words; word++) stream.push(frameOf(++said));
              break;
            case 'finalize':
              ask();
              break;
            case 'use':
              stt.use(step.name, 'asked');
              break;
            case 'giveUp':
              stream.giveUp();
              break;
            case 'wait':
              await clock.advance(step.ms);
              break;
          }
        }
        ask();
        await clock.advance(600_000);

        const finals = events.flatMap((event) => (event.type === 'final' ? [event] : []));
        const words: number[] = [];
        const answeredAt: number[] = [];
        for (const { text, wordCount, answersFinalize } of finals) {
          const given = text === '' ? [] : text.split(' ').map(Number);
          expect(wordCount).toBe(given.length);
          words.push(...given);
          if (answersFinalize) answeredAt.push(words.length);
        }
        expect(words).toEqual(Array.from({ length: said }, (_, index) => index + 1));
        expect(answeredAt).toEqual(askedAt);
        expect([a, b, c].map(({ log }) => log.open).reduce((sum, open) => sum + open)).toBe(1);
        expect(clock.pendingTimers).toBe(0);
        ending.abort(new Error('over'));
        await reading;
        expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
        for (const { log } of [a, b, c]) expect(log.open).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
