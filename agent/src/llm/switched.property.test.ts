import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { delay } from '../runtime/clock.ts';
import { createProviderHealth } from '../runtime/provider-health.ts';
import { type VendorFault, withFault } from '../runtime/testing/vendor-faults.ts';
import { anyVendorFault } from '../runtime/testing/vendor-faults-arbitrary.ts';
import { createVirtualClock, type VirtualClock } from '../runtime/virtual-clock.ts';
import type { Llm, LlmEvent } from './contract.ts';
import { createSwitchedLlm } from './switched.ts';

const WORDS = ['zero ', 'one ', 'two ', 'three ', 'four ', 'five '];
const NAMES = ['a', 'b', 'c'] as const;
/** No wait is longer than those of three providers for a first token, each twice and the last with patience, and for a gap. */
const LONGEST_SILENCE_MS = 6 * (9_000 + 200) + 5_000;

function createVendor(name: string, faults: VendorFault[], clock: VirtualClock, open: Set<AbortSignal>): Llm {
  async function* answer(signal: AbortSignal): AsyncGenerator<LlmEvent> {
    for (const text of WORDS) {
      await delay(clock, 30, signal).catch(() => {});
      if (signal.aborted) return;
      yield { type: 'text', text };
    }
  }
  return {
    provider: name,
    model: name,
    async warm() {},
    async *stream(_request, { signal }) {
      open.add(signal);
      try {
        const fault = faults.shift() ?? { kind: 'none' };
        yield* withFault(answer(signal), { fault, provider: name, clock, signal });
      } finally {
        open.delete(signal);
      }
    },
    async close() {},
  };
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), abortAfterMs: fc.option(fc.nat(3_000)) }),
  },
  fc.record({ kind: fc.constant('use' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20_000) }),
);

describe('models behind one, whatever fails', { timeout: 60_000 }, () => {
  it('give each word at most once and in order, end in time, and leave nothing open', async () => {
    const scenario = fc.record({
      faults: fc.record({
        a: fc.array(anyVendorFault, { maxLength: 6 }),
        b: fc.array(anyVendorFault, { maxLength: 6 }),
        c: fc.array(anyVendorFault, { maxLength: 6 }),
      }),
      hedgeAfterMs: fc.option(fc.integer({ min: 200, max: 3_000 })),
      steps: fc.array(step, { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ faults, hedgeAfterMs, steps }) => {
        const clock = createVirtualClock();
        const open = new Set<AbortSignal>();
        const health = createProviderHealth({ clock });
        const candidate = (name: 'a' | 'b' | 'c') => ({
          stage: createVendor(name, [...faults[name]], clock, open),
          baseUrl: 'http://vendor',
          key: null,
        });
        const llm = createSwitchedLlm({
          order: [candidate('a'), candidate('b'), candidate('c')],
          hedgeAfterMs,
          health,
          clock,
          log: pino({ level: 'silent' }),
          onSwitched() {},
        });
        for (const each of steps) {
          if (each.kind === 'use') llm.use(each.name, 'asked');
          else if (each.kind === 'wait') await clock.advance(each.ms);
          else await askOnce(llm, clock, each.abortAfterMs);
          if (each.kind === 'ask') {
            expect(open.size).toBe(0);
            expect(clock.pendingTimers).toBe(0);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

async function askOnce(llm: Llm, clock: VirtualClock, abortAfterMs: number | null): Promise<void> {
  const controller = new AbortController();
  const words: string[] = [];
  let isOver = false;
  let lastAtMs = clock.nowMs();
  let longestMs = 0;
  const tick = () => {
    longestMs = Math.max(longestMs, clock.nowMs() - lastAtMs);
    lastAtMs = clock.nowMs();
  };
  const read = async () => {
    const request = { instructions: '', messages: [], node: '', tools: [] };
    try {
      for await (const event of llm.stream(request, { signal: controller.signal })) {
        tick();
        if (event.type === 'text') words.push(event.text);
      }
      if (!controller.signal.aborted) expect(words).toEqual(WORDS);
    } finally {
      tick();
      isOver = true;
    }
  };
  const reading = read().catch((error: unknown) => expect(error).toHaveProperty('code'));
  if (abortAfterMs !== null) {
    await clock.advance(abortAfterMs);
    controller.abort(new Error('interrupted'));
    await clock.advance(0);
    expect(isOver).toBe(true);
  }
  await clock.advance(120_000);
  await reading;
  expect(isOver).toBe(true);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  expect(words).toEqual(WORDS.slice(0, words.length));
  expect(longestMs).toBeLessThanOrEqual(LONGEST_SILENCE_MS);
}
