import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { ProviderError } from '../runtime/provider-error.ts';
import { createProviderHealth } from '../runtime/provider-health.ts';
import type { Switched } from '../runtime/provider-order.ts';
import type { VendorFault } from '../runtime/testing/vendor-faults.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { SttEvent } from './contract.ts';
import { createSwitchedStt } from './switched.ts';
import { type CountingEar, createCountingEar, frameOf } from './testing/counting-ear.ts';

const FINAL_MS = 1_200;
const WHOLE_FINAL_MS = 2_700;

type EarOptions = Omit<Parameters<typeof createCountingEar>[0], 'name' | 'clock'>;

function setUp(first: EarOptions = {}, others: readonly EarOptions[] = [{}]) {
  const clock = createVirtualClock();
  const switched: Switched[] = [];
  const lost: ProviderError[] = [];
  const ears = [first, ...others].map((options, index) =>
    createCountingEar({ ...options, name: 'abc'[index] ?? '', clock }),
  );
  const candidateOf = ({ stt }: CountingEar) => ({ stage: stt, baseUrl: 'http://vendor', key: null });
  const [a, b] = ears;
  if (a === undefined) throw new Error('no ear');
  const stt = createSwitchedStt({
    order: [candidateOf(a), ...ears.slice(1).map(candidateOf)],
    health: createProviderHealth({ clock }),
    clock,
    log: pino({ level: 'silent' }),
    onSwitched: (event) => switched.push(event),
    onLost: (error) => lost.push(error),
  });
  const open = () => {
    const ending = new AbortController();
    const stream = stt.open({ language: 'en', prefixPaddingMs: 300, signal: ending.signal });
    const events: SttEvent[] = [];
    const outcome: { end: unknown } = { end: 'running' };
    const read = async () => {
      try {
        for await (const event of stream) events.push(event);
        outcome.end = 'ended';
      } catch (error) {
        outcome.end = error;
      }
    };
    void read();
    return {
      stream,
      outcome,
      end: () => ending.abort(new Error('over')),
      say(...words: number[]) {
        for (const word of words) stream.push(frameOf(word));
        stream.push(frameOf(0));
      },
      /** Text of each final, with `!` where it answers. */
      get finals() {
        return events.flatMap((event) =>
          event.type === 'final' ? [`${event.text}${event.answersFinalize ? '!' : ''}`] : [],
        );
      },
      get interims() {
        return events.flatMap((event) => (event.type === 'interim' ? [event.text] : []));
      },
      events,
    };
  };
  return { clock, stt, open, switched, lost, a, b: b ?? a };
}

const A_TO_B = { stage: 'stt', from: { provider: 'a', model: 'a-1' }, to: { provider: 'b', model: 'b-1' } };
const HANG: VendorFault = { kind: 'hang', afterEvents: 0 };

describe('recognisers behind one', () => {
  it('the first is heard, and nobody else is asked', async () => {
    const { clock, open, switched, b } = setUp();
    const ear = open();
    ear.say(1, 2, 3);
    ear.stream.finalize();
    await clock.advance(1_000);
    expect(ear.finals).toEqual(['1 2 3!']);
    expect(b.log.streams).toEqual([]);
    expect(switched).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('a stream that is lost is followed by one that hears all since the last answered final', async () => {
    // The interims of three words and their final, and one interim more.
    const { clock, open, switched, lost, b } = setUp({
      faults: [{ kind: 'cut', afterEvents: 5, code: 'unavailable' }],
    });
    const ear = open();
    ear.say(1, 2, 3);
    ear.stream.finalize();
    await clock.advance(1_000);
    ear.say(4, 5);
    await clock.advance(1_000);
    expect(b.log.streams).toEqual([['4', '5']]);
    ear.say(6);
    ear.stream.finalize();
    await clock.advance(1_000);
    expect(ear.finals).toEqual(['1 2 3!', '4 5 6!']);
    expect(switched).toEqual([{ ...A_TO_B, cause: 'failed', code: 'unavailable' }]);
    expect(lost).toMatchObject([{ code: 'unavailable', provider: 'a' }]);
  });

  it('finals that are owed are asked for again, in their places, and each comes once', async () => {
    const { clock, open, a, b } = setUp({ faults: [HANG] });
    const ear = open();
    ear.say(1, 2);
    ear.stream.finalize();
    ear.say(3);
    ear.stream.finalize();
    ear.say(4);
    await clock.advance(FINAL_MS - 1);
    expect(b.log.streams).toEqual([]);
    await clock.advance(2);
    expect(b.log.streams).toEqual([['1', '2', '?', '3', '?', '4']]);
    expect(a.log.open).toBe(0);
    ear.stream.finalize();
    await clock.advance(1_000);
    expect(ear.finals).toEqual(['1 2!', '3!', '4!']);
  });

  it('words that were given out by a final that answered nothing are not given out again', async () => {
    const { clock, open } = setUp({
      finalEvery: 2,
      faults: [{ kind: 'cut', afterEvents: 4, code: 'unavailable' }],
    });
    const ear = open();
    ear.say(1, 2, 3);
    await clock.advance(1_000);
    ear.say(4, 5);
    ear.stream.finalize();
    await clock.advance(1_000);
    expect(ear.finals).toEqual(['1 2', '3 4 5!']);
    expect(ear.events.at(-1)).toMatchObject({
      wordCount: 3,
      words: [{ text: '3' }, { text: '4' }, { text: '5' }],
    });
    expect(ear.interims).toEqual(['1', '1 2', '3', '3', '3 4', '3 4 5']);
  });

  it('an answer of which nothing is new is silence', async () => {
    const { clock, open } = setUp({
      finalEvery: 2,
      faults: [{ kind: 'cut', afterEvents: 3, code: 'unavailable' }],
    });
    const ear = open();
    ear.say(1, 2);
    await clock.advance(1_000);
    ear.stream.finalize();
    await clock.advance(1_000);
    expect(ear.finals).toEqual(['1 2', '!']);
    expect(ear.events.at(-1)).toMatchObject({ outcome: 'silence', wordCount: 0, words: [] });
  });

  it('one that gives no sign is given up when that is asked', async () => {
    const { clock, open, b, switched } = setUp({ faults: [HANG] });
    const ear = open();
    ear.say(1);
    await clock.advance(100);
    ear.stream.giveUp();
    expect(b.log.streams).toEqual([['1']]);
    expect(switched).toMatchObject([{ cause: 'failed', code: 'timeout' }]);
  });

  it('one without interims has longer for its final', async () => {
    const { clock, open, switched } = setUp({ faults: [HANG], capabilities: { givesInterims: false } });
    const ear = open();
    ear.say(1);
    ear.stream.finalize();
    await clock.advance(WHOLE_FINAL_MS - 1);
    expect(switched).toEqual([]);
    await clock.advance(2);
    expect(switched).toMatchObject([{ cause: 'failed', code: 'timeout' }]);
  });

  it('one that cannot go deaf may take its time', async () => {
    const { clock, open, switched } = setUp({ answerAfterMs: 20_000, capabilities: { mayGoDeaf: false } });
    const ear = open();
    ear.say(1);
    ear.stream.finalize();
    await clock.advance(30_000);
    expect(ear.finals).toEqual(['1!']);
    expect(switched).toEqual([]);
  });

  it('keeps 10 s of sound for who comes next', async () => {
    const { clock, open, b } = setUp({ faults: [{ kind: 'hang', afterEvents: 0 }] });
    const ear = open();
    for (let word = 1; word <= 1_000; word++) ear.stream.push(frameOf(word));
    ear.stream.giveUp();
    await clock.advance(0);
    expect(b.log.streams[0]).toHaveLength(312);
    expect(b.log.streams[0]?.at(-1)).toBe('1000');
  });

  it('a lone one is opened again at once, then more slowly while it keeps failing', async () => {
    const refuse: VendorFault = { kind: 'refused', code: 'unavailable' };
    const { clock, open, a, switched } = setUp({ faults: [refuse, refuse, refuse, refuse] }, []);
    const ear = open();
    const openedAtMs: number[] = [];
    for (let ms = 0; ms <= 7_000; ms += 50) {
      while (openedAtMs.length < a.log.streams.length) openedAtMs.push(ms);
      await clock.advance(50);
    }
    expect(openedAtMs).toEqual([0, 50, 250, 1_250, 6_250]);
    ear.say(1);
    ear.stream.finalize();
    await clock.advance(1_000);
    expect(ear.finals).toEqual(['1!']);
    expect(switched).toEqual([]);
  });

  it('a lone one that fails after each first sign is opened again more slowly too', async () => {
    const faults = Array.from(
      { length: 1_000 },
      () => ({ kind: 'cut', afterEvents: 1, code: 'unavailable' }) as const,
    );
    const { clock, open, a } = setUp({ faults }, []);
    const ear = open();
    ear.say(1, 2);
    await clock.advance(30_000);
    expect(a.log.streams.length).toBeLessThan(12);
    expect(ear.outcome.end).toBe('running');
    ear.end();
  });

  it('throws where everybody answers that it was wrong to ask', async () => {
    const wrong = () => ({ faults: [{ kind: 'refused', code: 'bad_request' } as const] });
    const { clock, open } = setUp(wrong(), [wrong()]);
    const ear = open();
    await clock.advance(1_000);
    expect(ear.outcome.end).toMatchObject({ code: 'bad_request', provider: 'b' });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('another recogniser asked for', () => {
  it('hears in every ear what was said since the last answered final, and tells what it can', async () => {
    const { clock, stt, open, switched, a, b } = setUp({}, [
      { capabilities: { finalizeAfterSilenceMs: 500 } },
    ]);
    const [one, other] = [open(), open()];
    one.say(1, 2);
    other.say(7);
    await clock.advance(10);
    stt.use('b', 'rule');
    expect(stt).toMatchObject({ provider: 'b', model: 'b-1', capabilities: { finalizeAfterSilenceMs: 500 } });
    expect(b.log.streams).toEqual([['1', '2'], ['7']]);
    expect(a.log.open).toBe(0);
    one.say(3);
    one.stream.finalize();
    other.stream.finalize();
    await clock.advance(1_000);
    expect([one.finals, other.finals]).toEqual([['1 2 3!'], ['7!']]);
    expect(switched).toEqual([{ ...A_TO_B, cause: 'rule', code: null }]);
  });
});

describe('another language', () => {
  it('is heard from the last answered final on', async () => {
    const { clock, open, a } = setUp();
    const ear = open();
    ear.say(1, 2);
    ear.stream.finalize();
    ear.stream.setLanguage('es');
    ear.stream.setLanguage('es');
    await clock.advance(1_000);
    expect(a.log).toMatchObject({
      languages: ['en', 'es'],
      open: 1,
      streams: [
        ['1', '2', '?'],
        ['1', '2', '?'],
      ],
    });
    expect(ear.finals).toEqual(['1 2!']);
  });

  it('that the provider in use lacks is heard by one who knows it', async () => {
    const { clock, open, switched, b } = setUp({ onlyLanguage: 'en' });
    const ear = open();
    ear.say(1);
    ear.stream.setLanguage('es');
    await clock.advance(1_000);
    expect(b.log).toMatchObject({ languages: ['es'], streams: [['1']] });
    expect(switched).toEqual([{ ...A_TO_B, cause: 'failed', code: 'bad_request' }]);
  });

  it('that nobody knows is not heard: all goes on in the former', async () => {
    const { clock, open, a } = setUp({ onlyLanguage: 'en' }, []);
    const ear = open();
    ear.say(1);
    ear.stream.setLanguage('xx');
    await clock.advance(1_000);
    ear.say(2);
    ear.stream.finalize();
    await clock.advance(1_000);
    expect(a.log.languages).toEqual(['en', 'en']);
    expect(ear.finals).toEqual(['1 2!']);
  });
});

describe('abort and close', () => {
  it('abort ends the stream without a throw, and what comes after is for nothing', async () => {
    const { clock, open, a } = setUp({ faults: [HANG] });
    const ear = open();
    ear.say(1);
    ear.stream.finalize();
    ear.end();
    ear.say(2);
    ear.stream.finalize();
    ear.stream.giveUp();
    await clock.advance(10_000);
    expect(ear.outcome.end).toBe('ended');
    expect(a.log).toMatchObject({ open: 0, streams: [['1', '?']] });
    expect(clock.pendingTimers).toBe(0);
  });

  it('closing ends every stream, and may be asked for twice', async () => {
    const { clock, stt, open, a } = setUp();
    const ear = open();
    await stt.close();
    await stt.close();
    await clock.advance(0);
    expect(ear.outcome.end).toBe('ended');
    expect(a.log.open).toBe(0);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});
