import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { delay } from '../runtime/clock.ts';
import { createProviderHealth } from '../runtime/provider-health.ts';
import type { Switched } from '../runtime/provider-order.ts';
import { type VendorFault, withFault } from '../runtime/testing/vendor-faults.ts';
import { createVirtualClock, type VirtualClock } from '../runtime/virtual-clock.ts';
import type { Llm, LlmEvent, LlmRequest } from './contract.ts';
import { createSwitchedLlm, type LlmCandidate } from './switched.ts';

const REQUEST: LlmRequest = { instructions: '', messages: [], node: 'start', tools: [] };
const FIRST_TOKEN_MS = 6_000;
const TOKEN_GAP_MS = 5_000;
const HEDGE_AFTER_MS = 1_200;

interface Vendor {
  readonly name: string;
  /** One a request; none where there is no more. */
  readonly faults?: VendorFault[];
  readonly firstTokenAfterMs?: number;
  /** Goes on after it was stopped. Default no. */
  readonly ignoresAbort?: boolean;
  /** It runs in this process. Default no. */
  readonly isHere?: boolean;
}

/** Answers `<name> one two three` with 10 ms a word, then tells its bill. */
function createVendor(vendor: Vendor, clock: VirtualClock) {
  const log = { asked: 0, aborted: 0, running: 0 };
  const { name, faults = [], firstTokenAfterMs = 100 } = vendor;
  async function* answer(given: AbortSignal): AsyncGenerator<LlmEvent> {
    const signal = vendor.ignoresAbort ? new AbortController().signal : given;
    await delay(clock, firstTokenAfterMs, signal).catch(() => {});
    for (const text of [name, ' one', ' two', ' three']) {
      if (signal.aborted) break;
      yield { type: 'text', text };
      await delay(clock, 10, signal).catch(() => {});
    }
    yield { type: 'usage', provider: name, model: `${name}-1`, inputTokens: 10, outputTokens: 4 };
  }
  const llm: Llm = {
    provider: name,
    model: `${name}-1`,
    async warm() {
      if (faults[0]?.kind === 'hang') await new Promise(() => {});
    },
    async *stream(_request, { signal }) {
      log.asked += 1;
      log.running += 1;
      const fault = faults.shift() ?? { kind: 'none' };
      try {
        yield* withFault(answer(signal), { fault, provider: name, clock, signal });
      } finally {
        log.running -= 1;
        if (signal.aborted) log.aborted += 1;
      }
    },
    async close() {},
  };
  return {
    log,
    candidate: {
      stage: llm,
      baseUrl: vendor.isHere ? '' : `http://${name}`,
      key: null,
    } satisfies LlmCandidate,
  };
}

function setUp(first: Vendor, others: readonly Vendor[] = [], options: { hedge?: boolean } = {}) {
  const clock = createVirtualClock();
  const switched: Switched[] = [];
  const a = createVendor(first, clock);
  const rest = others.map((vendor) => createVendor(vendor, clock));
  const llm = createSwitchedLlm({
    order: [a.candidate, ...rest.map(({ candidate }) => candidate)],
    hedgeAfterMs: options.hedge ? HEDGE_AFTER_MS : null,
    health: createProviderHealth({ clock }),
    clock,
    log: pino({ level: 'silent' }),
    onSwitched: (event) => switched.push(event),
  });
  /** Asks once, and lets `ms` go by. */
  const ask = (signal = new AbortController().signal) => {
    const given: { readonly atMs: number; readonly event: LlmEvent }[] = [];
    const outcome: { end: 'running' | 'ended' | unknown; atMs: number } = { end: 'running', atMs: 0 };
    const read = async () => {
      try {
        for await (const event of llm.stream(REQUEST, { signal })) given.push({ atMs: clock.nowMs(), event });
        outcome.end = 'ended';
      } catch (error) {
        outcome.end = error;
      }
      outcome.atMs = clock.nowMs();
    };
    void read();
    return {
      given,
      outcome,
      get text() {
        return given.map(({ event }) => (event.type === 'text' ? event.text : '')).join('');
      },
      get billed() {
        return given.flatMap(({ event }) => (event.type === 'usage' ? [event.provider] : []));
      },
    };
  };
  return { clock, llm, ask, switched, logs: [a.log, ...rest.map(({ log }) => log)] as const };
}

const A_TO_B = { stage: 'llm', from: { provider: 'a', model: 'a-1' }, to: { provider: 'b', model: 'b-1' } };

describe('models behind one', () => {
  it('the first answers, and nobody else is asked', async () => {
    const { clock, ask, logs, switched } = setUp({ name: 'a' }, [{ name: 'b' }], { hedge: true });
    const answer = ask();
    await clock.advance(1_000);
    expect(answer).toMatchObject({ text: 'a one two three', billed: ['a'], outcome: { end: 'ended' } });
    expect(logs.map(({ asked }) => asked)).toEqual([1, 0]);
    expect(switched).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each<VendorFault>([
    { kind: 'refused', code: 'auth' },
    { kind: 'cut', afterEvents: 0, code: 'unavailable' },
  ])('the next answers at once where one fails before it gave anything: $kind', async (fault) => {
    const { clock, ask, switched } = setUp({ name: 'a', faults: [fault] }, [{ name: 'b' }]);
    const answer = ask();
    await clock.advance(1_000);
    expect(answer).toMatchObject({ text: 'b one two three', billed: ['b'] });
    expect(answer.given[0]?.atMs).toBe(100);
    const code = fault.kind === 'refused' ? 'auth' : 'unavailable';
    expect(switched).toEqual([{ ...A_TO_B, cause: 'failed', code }]);
  });

  it('one that hangs is given up after its deadline, and stopped at its vendor', async () => {
    const { clock, ask, logs, switched } = setUp({ name: 'a', faults: [{ kind: 'hang', afterEvents: 0 }] }, [
      { name: 'b' },
    ]);
    const answer = ask();
    await clock.advance(10_000);
    expect(answer.given[0]?.atMs).toBe(FIRST_TOKEN_MS + 100);
    expect(logs[0]).toEqual({ asked: 1, aborted: 1, running: 0 });
    expect(switched).toEqual([{ ...A_TO_B, cause: 'failed', code: 'timeout' }]);
  });

  it('one that was given up and goes on all the same is not heard', async () => {
    const { clock, ask } = setUp({ name: 'a', firstTokenAfterMs: FIRST_TOKEN_MS + 500, ignoresAbort: true }, [
      { name: 'b', firstTokenAfterMs: 2_000 },
    ]);
    const answer = ask();
    await clock.advance(20_000);
    expect(answer.text).toBe('b one two three');
  });

  it('who runs in this process is waited for', async () => {
    const { clock, ask } = setUp({ name: 'a', firstTokenAfterMs: 60_000, isHere: true });
    const answer = ask();
    await clock.advance(61_000);
    expect(answer.text).toBe('a one two three');
  });

  it('who took over stays for the next request', async () => {
    const { clock, ask, logs } = setUp({ name: 'a', faults: [{ kind: 'refused', code: 'unavailable' }] }, [
      { name: 'b' },
    ]);
    ask();
    await clock.advance(1_000);
    const second = ask();
    await clock.advance(1_000);
    expect(second.text).toBe('b one two three');
    expect(logs[0].asked).toBe(1);
  });

  it('what fails after something was given out is told, and nobody else is asked', async () => {
    const cut: VendorFault = { kind: 'cut', afterEvents: 2, code: 'unavailable' };
    const { clock, ask, logs } = setUp({ name: 'a', faults: [cut] }, [{ name: 'b' }]);
    const answer = ask();
    await clock.advance(20_000);
    expect(answer.text).toBe('a one');
    expect(answer.outcome.end).toMatchObject({ code: 'unavailable', provider: 'a' });
    expect(logs[1]?.asked).toBe(0);
  });

  it('a gap in mid-answer ends it as a timeout', async () => {
    const { clock, ask, logs } = setUp({ name: 'a', faults: [{ kind: 'hang', afterEvents: 2 }] });
    const answer = ask();
    await clock.advance(20_000);
    expect(answer.outcome).toMatchObject({ end: { code: 'timeout' }, atMs: 110 + TOKEN_GAP_MS });
    expect(logs[0].running).toBe(0);
  });

  it('where all fail, the last failure is thrown with what each said', async () => {
    const { clock, ask } = setUp({ name: 'a', faults: [{ kind: 'refused', code: 'auth' }] }, [
      { name: 'b', faults: [{ kind: 'refused', code: 'rate_limit' }] },
    ]);
    const answer = ask();
    await clock.advance(10_000);
    expect(answer.outcome.end).toMatchObject({
      code: 'rate_limit',
      provider: 'b',
      message: 'everybody failed: a: simulated auth; b: simulated rate_limit',
    });
  });

  it('who was cut off is asked once more where nobody else is left', async () => {
    const { clock, ask, logs, switched } = setUp({
      name: 'a',
      faults: [{ kind: 'cut', afterEvents: 0, code: 'unavailable' }],
    });
    const answer = ask();
    await clock.advance(1_000);
    expect(answer.text).toBe('a one two three');
    expect(answer.given[0]?.atMs).toBe(300);
    expect(logs[0].asked).toBe(2);
    expect(switched).toEqual([]);
  });

  it('who keeps failing is not asked by another call, until it is tried again', async () => {
    const clock = createVirtualClock();
    const health = createProviderHealth({ clock });
    const refuse: VendorFault = { kind: 'refused', code: 'auth' };
    const a = createVendor({ name: 'a', faults: [refuse] }, clock);
    const b = createVendor({ name: 'b' }, clock);
    const call = async () => {
      const llm = createSwitchedLlm({
        order: [a.candidate, b.candidate],
        hedgeAfterMs: null,
        health,
        clock,
        log: pino({ level: 'silent' }),
        onSwitched() {},
      });
      const texts: string[] = [];
      const read = async () => {
        for await (const event of llm.stream(REQUEST, { signal: new AbortController().signal }))
          if (event.type === 'text') texts.push(event.text);
      };
      void read();
      await clock.advance(1_000);
      return texts[0];
    };
    expect([await call(), await call()]).toEqual(['b', 'b']);
    expect(a.log.asked).toBe(1);
    await clock.advance(10_000);
    expect([await call(), await call()]).toEqual(['a', 'a']);
  });
});

describe('a hedge', () => {
  it('is asked where the first is slow; the first to begin answers, the other is stopped', async () => {
    const { clock, ask, logs, switched } = setUp({ name: 'a', firstTokenAfterMs: 5_000 }, [{ name: 'b' }], {
      hedge: true,
    });
    const answer = ask();
    await clock.advance(6_000);
    expect(answer.text).toBe('b one two three');
    expect(answer.given[0]?.atMs).toBe(HEDGE_AFTER_MS + 100);
    expect(logs[0]).toEqual({ asked: 1, aborted: 1, running: 0 });
    // Slow is not failed: the next request goes to the first again.
    expect(switched).toEqual([]);
  });

  it('that loses is stopped, and its bill is told', async () => {
    const { clock, ask, logs } = setUp({ name: 'a', firstTokenAfterMs: 1_250 }, [{ name: 'b' }], {
      hedge: true,
    });
    const answer = ask();
    await clock.advance(6_000);
    expect(answer.text).toBe('a one two three');
    expect(answer.billed.sort()).toEqual(['a', 'b']);
    expect(logs[1]).toEqual({ asked: 1, aborted: 1, running: 0 });
  });

  it('that loses and goes on all the same is not heard', async () => {
    const { clock, ask } = setUp(
      { name: 'a', firstTokenAfterMs: 1_205 },
      [{ name: 'b', firstTokenAfterMs: 10, ignoresAbort: true }],
      { hedge: true },
    );
    const answer = ask();
    await clock.advance(6_000);
    expect(answer.text).toBe('a one two three');
  });

  it('takes over where the first fails while it is asked', async () => {
    const { clock, ask, switched } = setUp(
      { name: 'a', faults: [{ kind: 'hang', afterEvents: 0 }] },
      [{ name: 'b', firstTokenAfterMs: 5_500 }],
      { hedge: true },
    );
    const answer = ask();
    await clock.advance(20_000);
    expect(answer.given[0]?.atMs).toBe(HEDGE_AFTER_MS + 5_500);
    expect(switched).toEqual([{ ...A_TO_B, cause: 'failed', code: 'timeout' }]);
  });

  it('that lost three times leaves the slow one alone for a while', async () => {
    const { clock, ask, logs } = setUp(
      { name: 'a', faults: Array.from({ length: 9 }, () => ({ kind: 'hang', afterEvents: 0 })) },
      [{ name: 'b' }],
      { hedge: true },
    );
    const answers = [];
    for (let request = 0; request < 4; request++) {
      answers.push(ask());
      await clock.advance(2_000);
    }
    expect(logs[0].asked).toBe(3);
    expect(answers.at(-1)?.given[0]?.atMs).toBe(6_100);
  });
});

describe('another model asked for', () => {
  it('answers the next request, and what runs is not disturbed', async () => {
    const { clock, llm, ask, switched } = setUp({ name: 'a' }, [{ name: 'b' }]);
    const first = ask();
    await clock.advance(105);
    llm.use('b', 'rule');
    expect(llm).toMatchObject({ provider: 'b', model: 'b-1' });
    const second = ask();
    await clock.advance(1_000);
    expect([first.text, second.text]).toEqual(['a one two three', 'b one two three']);
    expect(switched).toEqual([{ ...A_TO_B, cause: 'rule', code: null }]);
  });

  it('stays asked for though the one before it fails meanwhile', async () => {
    const { clock, llm, ask, switched } = setUp({ name: 'a', faults: [{ kind: 'hang', afterEvents: 0 }] }, [
      { name: 'b' },
      { name: 'c' },
    ]);
    ask();
    llm.use('c', 'asked');
    await clock.advance(10_000);
    expect(llm.provider).toBe('c');
    expect(switched.map(({ cause }) => cause)).toEqual(['asked']);
  });

  it('that the call does not have is a bad request that names those it has', () => {
    const { llm } = setUp({ name: 'a' }, [{ name: 'b' }]);
    expect(() => llm.use('nobody', 'asked')).toThrow(
      expect.objectContaining({ code: 'bad_request', message: expect.stringContaining('a, b') }),
    );
  });
});

describe('abort and close', () => {
  it('abort stops whoever runs, and ends the iteration without a throw', async () => {
    const { clock, ask, logs } = setUp(
      { name: 'a', firstTokenAfterMs: 5_000 },
      [{ name: 'b', firstTokenAfterMs: 5_000 }],
      {
        hedge: true,
      },
    );
    const controller = new AbortController();
    const answer = ask(controller.signal);
    await clock.advance(1_500);
    controller.abort(new Error('interrupted'));
    await clock.advance(0);
    expect(answer.outcome.end).toBe('ended');
    expect(logs.map(({ running, aborted }) => [running, aborted])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('warming waits for the first, but not for one that hangs', async () => {
    const { clock, llm } = setUp({ name: 'a', faults: [{ kind: 'hang', afterEvents: 0 }] }, [{ name: 'b' }]);
    let isWarm = false;
    void llm.warm().then(() => (isWarm = true));
    await clock.advance(1_900);
    expect(isWarm).toBe(false);
    await clock.advance(200);
    expect(isWarm).toBe(true);
  });
});
