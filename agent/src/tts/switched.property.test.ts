import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createProviderHealth } from '../runtime/provider-health.ts';
import { anyVendorFault } from '../runtime/testing/vendor-faults-arbitrary.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { TtsEvent } from './contract.ts';
import { createSwitchedTts } from './switched.ts';
import { createCountingVoice, WORD_MS, wordsHeard } from './testing/counting-voice.ts';

const NAMES = ['a', 'b', 'c'] as const;
/** Three voices, each asked twice, of which each may give its first sound at the last moment or fall silent. */
const LONGEST_WAIT_MS = 6 * 1.5 * (2_000 + 2_000 + 200);

const anyVoice = fc.record({
  faults: fc.array(anyVendorFault, { maxLength: 5 }),
  blockEveryMs: fc.constantFrom(1, 10, 50),
  firstSoundMs: fc.integer({ min: 0, max: 900 }),
});
const anyStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      words: fc.integer({ min: 1, max: 6 }),
      end: fc.constantFrom(',', '.'),
    }),
  },
  fc.record({ kind: fc.constant('use' as const), name: fc.constantFrom(...NAMES) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(3_000) }) },
);

describe('voices behind one, whatever fails', { timeout: 120_000 }, () => {
  it('say each word once and in order, are never silent for longer than the deadlines, and leave nothing open', async () => {
    const scenario = fc.record({
      voices: fc.tuple(anyVoice, anyVoice, anyVoice),
      steps: fc.array(anyStep, { minLength: 1, maxLength: 12 }),
      abortAfterMs: fc.option(fc.nat(8_000), { freq: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ voices, steps, abortAfterMs }) => {
        const clock = createVirtualClock();
        const [a, b, c] = voices.map((options, index) =>
          createCountingVoice({
            ...options,
            faults: [...options.faults],
            name: NAMES[index] ?? '',
            id: index + 1,
            clock,
          }),
        );
        if (!a || !b || !c) throw new Error('three voices');
        const candidate = ({ tts }: typeof a) => ({
          stage: tts,
          baseUrl: 'http://vendor',
          key: null,
          voice: `voice-${tts.provider}`,
        });
        const tts = createSwitchedTts({
          order: [candidate(a), candidate(b), candidate(c)],
          health: createProviderHealth({ clock }),
          clock,
          log: pino({ level: 'silent' }),
          onSwitched() {},
        });
        const controller = new AbortController();
        const reply = tts.open({ voice: 'voice-a', language: 'en', signal: controller.signal });
        const events: TtsEvent[] = [];
        let lastAtMs = 0;
        let longestMs = 0;
        let owed = 0;
        let end: unknown = null;
        const tick = () => {
          if (owed > 0) longestMs = Math.max(longestMs, clock.nowMs() - lastAtMs);
          lastAtMs = clock.nowMs();
        };
        const read = async () => {
          for await (const event of reply) {
            tick();
            events.push(event);
            if (event.type === 'segmentEnd') owed -= 1;
          }
        };
        const reading = read()
          .then(
            () => (end = 'ended'),
            (error: unknown) => (end = error),
          )
          .finally(tick);
        let said = 0;
        let segments = 0;
        for (const step of steps) {
          if (step.kind === 'use') tts.use(step.name, 'asked');
          else if (step.kind === 'wait') await clock.advance(step.ms);
          else {
            if (owed === 0) lastAtMs = clock.nowMs();
            owed += 1;
            const words = Array.from({ length: step.words }, (_, index) => said + index);
            said += step.words;
            reply.say({ segmentId: `s${segments++}`, text: `${words.join(' ')}${step.end}` });
          }
        }
        reply.finish();
        if (abortAfterMs !== null) {
          await clock.advance(abortAfterMs);
          controller.abort(new Error('interrupted'));
          await clock.advance(0);
          expect(end).not.toBeNull();
        }
        await clock.advance(1_000_000);
        await reading;

        expect(clock.pendingTimers).toBe(0);
        expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
        for (const { log } of [a, b, c]) expect(log.running).toBe(0);
        expect(longestMs).toBeLessThanOrEqual(LONGEST_WAIT_MS);
        // A word that was cut is said again from its start; whole words are said once and in order.
        const heard = wordsHeard(events);
        const whole = heard.filter(({ ms }) => ms >= WORD_MS).map(({ word }) => word);
        expect(whole).toEqual(Array.from({ length: whole.length }, (_, word) => word));
        for (const [index, { word, ms }] of heard.entries()) {
          if (ms < WORD_MS && index + 1 < heard.length) expect(heard[index + 1]?.word).toBe(word);
        }
        const ends = events.flatMap((event) => (event.type === 'segmentEnd' ? [event.segmentId] : []));
        expect(ends).toEqual(Array.from({ length: ends.length }, (_, index) => `s${index}`));
        expectMarksAndLengths(events);
        if (end === 'ended' && abortAfterMs === null) {
          expect(whole).toHaveLength(said);
          expect(ends).toHaveLength(segments);
        } else if (abortAfterMs === null) expect(end).toHaveProperty('code');
      }),
      { numRuns: 150 },
    );
  });
});

/** What a segment's end tells is the length of its sound, and its words lie within it, in order. */
function expectMarksAndLengths(events: readonly TtsEvent[]): void {
  const soundMs = new Map<string, number>();
  const lastStartMs = new Map<string, number>();
  for (const event of events) {
    const { segmentId } = event;
    if (event.type === 'audio') {
      const ms = (event.samples.length * 1000) / event.sampleRateHz;
      soundMs.set(segmentId, (soundMs.get(segmentId) ?? 0) + ms);
    }
    if (event.type === 'words')
      for (const { startMs } of event.marks) {
        expect(startMs).toBeGreaterThanOrEqual(lastStartMs.get(segmentId) ?? 0);
        lastStartMs.set(segmentId, startMs);
      }
    if (event.type === 'segmentEnd') {
      expect(event.durationMs).toBeCloseTo(soundMs.get(segmentId) ?? 0, 3);
      expect(lastStartMs.get(segmentId) ?? 0).toBeLessThanOrEqual(event.durationMs);
    }
  }
}
